// The view `try`: an operation of a contract, a request that works, and what comes back.

import { contracts, curl, documentOf, prefix, refusalsOf } from "./control.js";
import { button, copy, el, field, pretty, say, select, tried } from "./dom.js";
import { live } from "./live.js";
import { draft, encoded, examples, operations, refusals } from "./requests.js";
import { keep, stateOf } from "./sessions.js";

const NOBODY = "nobody";

export async function show(place, [contract = contracts.at(-1), wanted = ""]) {
  if (!contracts.includes(contract)) throw new Error(`There is no contract ${contract} here.`);
  const document_ = await documentOf(contract);
  const all = operations(document_);
  const operation = all.find((each) => each.id === wanted) ?? all[0];
  const possible = refusals(document_, operation, await refusalsOf(contract));
  const prepared = examples(document_, operation);
  const go = (path) => { location.hash = `#/try/${path}`; };

  const chosenContract = select(contracts.map((each) => [each, each]), contract, { onchange: (event) => go(event.target.value) });
  const chosenOperation = select(all.map((each) => [each.id, `${each.id} (${each.raw.summary ?? each.path})`]), operation.id,
    { onchange: (event) => go(`${contract}/${event.target.value}`) });
  const chosenExample = select(prepared.map((each, number) => [String(number), each.text]), "0", { onchange: tried(fill) });
  const caller = select([[NOBODY, "nobody"], ["user", "davis@example.com"], ["administrator", "administrator"]], usualCaller());
  const outcome = select([["", "whatever follows from the state"], ...possible], "");
  const path = el("input", { spellcheck: "false", autocomplete: "off" });
  const query = el("textarea", { rows: "2", spellcheck: "false" });
  const body = el("textarea", { rows: "8", spellcheck: "false" });
  const command = el("pre", { class: "curl", tabindex: "0", "aria-label": "The same with curl" });
  const answer = el("section", { "aria-live": "polite", "aria-label": "Answer" });
  let media = "";

  function usualCaller() {
    const asked = JSON.stringify(operation.raw.security ?? []);
    if (contract !== "whmcs-rest") return NOBODY;
    if (asked.includes("administrator_state") && !asked.includes("user_state")) return "administrator";
    return asked.includes("user_state") ? "user" : NOBODY;
  }

  async function fill() {
    const made = await draft(contract, document_, operation, prepared[Number(chosenExample.value)]);
    path.value = made.path;
    query.value = made.query;
    body.value = made.body;
    media = made.media;
    body.rows = Math.min(16, Math.max(3, made.body.split("\n").length));
    query.rows = Math.max(1, made.query.split("\n").length);
    command.textContent = curl(await request(false));
  }

  async function request(signIn) {
    const asked = encoded(query.value);
    const sent = {};
    if (media) sent["Content-Type"] = media;
    if (outcome.value) sent.Prefer = `outcome=${outcome.value}`;
    if (contract === "whmcs-rest" && caller.value !== NOBODY) sent["X-Api-State"] = signIn ? await stateOf(caller.value) : "…";
    return {
      method: operation.method, headers: sent, url: prefix + path.value + (asked && `?${asked}`),
      body: media.endsWith("json") ? body.value : encoded(body.value),
    };
  }

  async function send() {
    const made = await request(true);
    const ended = el("span", { class: "outcome" });
    const tell = ({ detail: { operation: name, outcome: how } }) => {
      if (name !== operation.id) return;
      ended.textContent = how;
      live.removeEventListener("entry", tell);
    };
    live.addEventListener("entry", tell);
    const began = performance.now();
    const came = await fetch(made.url, { method: made.method, headers: made.headers, body: made.body || undefined });
    const text = await came.text();
    const took = performance.now() - began;
    if (contract === "whmcs-rest") keep(caller.value === NOBODY ? null : caller.value, came);
    command.textContent = curl(made);
    answer.replaceChildren(
      el("h3", {}, "Answer ", el("span", { class: came.ok ? "badge good" : "badge bad" }, String(came.status)), " ", ended,
        el("small", {}, ` ${Math.round(took)} ms, ${came.headers.get("Content-Type") ?? "no type"}`)),
      el("pre", { class: "body", tabindex: "0" }, pretty(text) || "(nothing)"));
    say(`Answered with ${came.status}.`);
  }

  const again = tried(async () => { command.textContent = curl(await request(false)); });
  for (const each of [path, query, body, outcome, caller]) each.addEventListener("input", again);

  place.append(
    el("h2", {}, "Try it"),
    el("div", { class: "row" }, field("Contract", chosenContract), field("Operation", chosenOperation)),
    el("p", {}, el("code", {}, `${operation.method} ${operation.path}`), " ", operation.raw.summary ?? ""),
    el("form", { onsubmit: (event) => { event.preventDefault(); sender.click(); } },
      el("div", { class: "row" },
        prepared.length > 0 && field("Example", chosenExample),
        contract === "whmcs-rest" && field("Call as", caller, "Signed in when it is sent."),
        field("Outcome", outcome, "Any other than the first is forced by the header Prefer.")),
      field("Path", path),
      field("Query", query, "One name=value in a line."),
      prepared.length > 0 && field("Body", body, prepared[0].media.endsWith("json") ? "JSON." : "One field in a line; it is sent as a form.")));
  const sender = button("Send", tried(send), { class: "first" });
  place.append(
    el("p", { class: "buttons" }, sender, button("Copy as curl", tried(() => copy(command.textContent))),
      el("a", { href: `${prefix}/reference/${contract}` }, "Reference")),
    command, answer);
  await fill();
}
