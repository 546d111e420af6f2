// The view `journal`: every request and its answer, as they come.

import { contracts, control, curl, prefix, refusalsOf } from "./control.js";
import { button, copy, el, field, pretty, say, select, tried } from "./dom.js";
import { journal, live } from "./live.js";
import { lines } from "./requests.js";
import { callerOf, stateOf } from "./sessions.js";

const LONGEST = 4096; // of a longer body the journal keeps its beginning
const MOST = 500;

/** The request of an entry, as far as the journal has kept it. */
function requestOf(entry) {
  const sent = Object.fromEntries(Object.entries(entry.headers)
    .filter(([name]) => ["Content-Type", "Prefer", "X-Api-State", "Authorization"].includes(name)));
  return { method: entry.method, url: prefix + entry.url, headers: sent, body: entry.request };
}

const known = new Map();

/** Whether the request was refused: three of the contracts answer 200 to that, too. */
const kind = (entry) => (entry.status >= 400 || entry.outcome in (known.get(entry.contract)?.[entry.operation] ?? {})
  ? "refused" : "accepted");

const took = ({ ms }) => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;

/** The secrets of headers, which the journal does not tell. */
const masked = ({ headers }) => Object.entries(headers).filter(([, value]) => value === "[…]").map(([name]) => name);

function headersOf(title, kept) {
  const pairs = Object.entries(kept ?? {});
  return pairs.length
    ? [el("h3", {}, title), el("pre", { tabindex: "0" }, pairs.map(([name, value]) => `${name}: ${value}`).join("\n"))]
    : [];
}

/** The body of a request as people read it: of a form one field in a line. */
const bodyOf = ({ headers, request }) => (headers["Content-Type"]?.startsWith("application/x-www-form-urlencoded")
  ? lines([...new URLSearchParams(request)]) : pretty(request));

function opened(entry) {
  const request = requestOf(entry);
  const secrets = masked(entry).filter((name) => name in request.headers);
  const why = secrets.some((name) => name !== "X-Api-State") ? "The journal does not tell its secrets."
    : entry.request.length >= LONGEST ? "The journal has only the beginning of its body." : null;
  return el("div", { class: "exchange" },
    el("p", { class: "buttons" },
      button("Send again", tried(async () => {
        if ("X-Api-State" in request.headers) request.headers["X-Api-State"] = await stateOf(callerOf(entry));
        const answer = await fetch(request.url, { method: request.method, headers: request.headers, body: request.body || undefined });
        say(`Sent again: ${answer.status}.`);
      }), { disabled: why !== null, title: why }),
      button("Copy as curl", tried(() => copy(curl(request)))),
      entry.operation && el("a", { href: `#/try/${entry.contract}/${entry.operation}` }, "Try this operation")),
    entry.nearest.length > 0 && el("p", {}, "Nearest: ", entry.nearest.flatMap(({ contract, operation, method, path }, number) => [
      number ? ", " : "", el("a", { href: `#/try/${contract}/${operation}` }, operation), " ", el("code", {}, `${method} ${path}`),
    ])),
    headersOf("Request headers", entry.headers),
    el("h3", {}, "Request"), el("pre", { tabindex: "0" }, bodyOf(entry) || "(no body)"),
    headersOf("Answer headers", entry.answer_headers),
    el("h3", {}, "Answer"), el("pre", { tabindex: "0" }, pretty(entry.answer) || "(nothing)"));
}

function line(entry) {
  const details = el("details", { class: "entry", "data-number": String(entry.number) },
    el("summary", {},
      el("span", { class: `badge ${kind(entry) === "accepted" ? "good" : "bad"}` }, String(entry.status)), " ",
      el("strong", {}, entry.operation || "no operation"), " ",
      el("span", { class: "outcome" }, entry.outcome), " ",
      el("code", {}, `${entry.method} ${entry.url}`), " ",
      el("small", {}, [took(entry), entry.at].join(", "))));
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) details.append(opened(entry));
  });
  return details;
}

export async function show(place) {
  const list = el("div", { id: "entries" });
  const count = el("output", { "aria-live": "polite" });
  const text = el("input", { type: "search", oninput: filter, placeholder: "operation, address, body …" });
  const contract = select([["", "all"], ...contracts.map((each) => [each, each])], "", { onchange: filter });
  const outcome = select([["", "all"], ["accepted", "accepted"], ["refused", "refused"]], "", { onchange: filter });
  const held = [];

  const wanted = (entry) => (!contract.value || entry.contract === contract.value)
    && (!outcome.value || kind(entry) === outcome.value)
    && (!text.value || [entry.operation, entry.outcome, entry.url, entry.request, entry.answer, entry.status]
      .join("\n").toLowerCase().includes(text.value.toLowerCase()));

  function filter() {
    let shown = 0;
    for (const each of held) {
      each.row.hidden = !wanted(each.entry);
      shown += each.row.hidden ? 0 : 1;
    }
    count.textContent = `${shown} of ${held.length} shown`;
  }

  function add(entry) {
    const row = line(entry);
    held.push({ entry, row });
    list.prepend(row);
    if (held.length > MOST) held.shift().row.remove();
  }

  async function load() {
    const entries = await journal();
    await Promise.all(contracts.map(async (each) => known.set(each, await refusalsOf(each))));
    held.length = 0;
    list.replaceChildren();
    for (const entry of entries) add(entry);
    filter();
  }

  const came = ({ detail }) => { add(detail); filter(); };
  const reload = () => { load().catch((error) => say(error.message, true)); };
  place.append(
    el("h2", {}, "Journal"),
    el("div", { class: "row" }, field("Search", text), field("Contract", contract), field("Outcome", outcome)),
    el("p", { class: "buttons" }, count, button("Forget the entries", tried(async () => {
      await control("DELETE", "journal");
      await load();
    }))),
    list);
  await load();
  live.addEventListener("entry", came);
  live.addEventListener("changed", reload);
  return () => {
    live.removeEventListener("entry", came);
    live.removeEventListener("changed", reload);
  };
}
