// The view `faults`: what will go wrong on purpose, ordered and called off one by one.

import { contracts, control, documentOf, refusalsOf } from "./control.js";
import { button, el, field, say, select, table, tried } from "./dom.js";
import { operations, refusals } from "./requests.js";

const ANY = "*";

/** What a fault does, in words. */
function told(fault) {
  const delay = fault.delay ?? 0;
  const { min, max } = typeof delay === "object" ? delay : { min: delay, max: delay };
  return [
    fault.refusal && `refused as ${fault.refusal}`, fault.status && `status ${fault.status}`,
    fault.retry_after && `Retry-After ${fault.retry_after}`, fault.connection && `connection: ${fault.connection}`,
    max && `${min === max ? min : `${min} to ${max}`} s late`,
  ].filter(Boolean).join(", ");
}

/** Which requests it meets. */
function often(fault) {
  const said = [
    fault.every && `every ${fault.every}th`, fault.probability && `${fault.probability * 100} % of them`,
    fault.times && `${fault.times} more`,
  ].filter(Boolean);
  return said.join(", ") || "always";
}

export async function show(place) {
  const list = el("div", { id: "faults" });
  const contract = select([[ANY, "all contracts"], ...contracts.map((each) => [each, each])], ANY, { onchange: tried(choose) });
  const operation = el("select", { onchange: tried(choose) });
  const refusal = el("select", {});
  const delay = el("input", { type: "number", min: "0", max: "300", step: "0.1", value: "0" });
  const every = el("input", { type: "number", min: "1", step: "1", value: "1" });
  const chance = el("input", { type: "number", min: "1", max: "100", placeholder: "100" });
  const times = el("input", { type: "number", min: "1", step: "1", placeholder: "all" });
  const instead = select([["", "none"], ...["429", "500", "502", "503", "504"].map((each) => [each, `status ${each}`]),
    ...["reset", "empty", "cut", "dribble"].map((each) => [each, `connection: ${each}`])], "");

  async function choose() {
    const document_ = contract.value === ANY ? null : await documentOf(contract.value);
    const all = document_ ? operations(document_) : [];
    const before = operation.value;
    operation.replaceChildren(...[[ANY, "all operations"], ...all.map((each) => [each.id, each.id])]
      .map(([value, text]) => el("option", { value, selected: value === before }, text)));
    const chosen = all.find((each) => each.id === operation.value);
    refusal.replaceChildren(...[["", "none"], ...(chosen ? refusals(document_, chosen, await refusalsOf(contract.value)) : [])]
      .map(([value, text]) => el("option", { value }, text)));
    refusal.disabled = !chosen;
  }

  async function render() {
    const { faults } = await control("GET", "faults");
    list.replaceChildren(faults.length
      ? table("Faults", ["operation", "what", "how often", "actions"], faults.map((each) => el("tr", {},
        el("td", {}, el("code", {}, each.operation), each.contract ? ` of ${each.contract}` : ""),
        el("td", {}, told(each)),
        el("td", {}, often(each)),
        el("td", {}, button("Call off", tried(async () => {
          await control("DELETE", `faults/${encodeURIComponent(each.id)}`);
          await render();
        }), { "aria-label": `Call off the fault of ${each.operation}` })))))
      : el("p", {}, "No faults: everything is answered as it should be."));
  }

  const order = tried(async () => {
    const fault = { operation: operation.value };
    if (contract.value !== ANY) fault.contract = contract.value;
    if (refusal.value) fault.refusal = refusal.value;
    if (Number(instead.value)) fault.status = Number(instead.value);
    else if (instead.value) fault.connection = instead.value;
    if (Number(delay.value)) fault.delay = Number(delay.value);
    if (times.value) fault.times = Number(times.value);
    if (Number(every.value) > 1) fault.every = Number(every.value);
    if (chance.value) fault.probability = Number(chance.value) / 100;
    if (!fault.refusal && !instead.value && !fault.delay) throw new Error("Choose a refusal, a status, a broken connection or a delay.");
    await control("POST", "faults", fault);
    await render();
    say("Ordered.");
  });
  place.append(
    el("h2", {}, "Faults"), list,
    el("h3", {}, "Order a fault"),
    el("div", { class: "row" }, field("Contract", contract), field("Operation", operation), field("Refuse as", refusal)),
    el("div", { class: "row end" }, field("Or instead of an answer", instead), field("Seconds late", delay), field("How many times", times), field("Only every nth", every),
      field("Chance in %", chance),
      button("Order it", order, { id: "order-fault" })));
  await choose();
  await render();
}
