// The page: which view is shown, the world that it is about, and whether the mock is there.

import { control, world } from "./control.js";
import { el, say } from "./dom.js";
import { live, start } from "./live.js";
import * as faults from "./faults.js";
import * as journal from "./journal.js";
import * as state from "./state.js";
import * as trying from "./try.js";
import * as variations from "./variations.js";
import * as worlds from "./worlds.js";

const VIEWS = { try: trying, state, journal, worlds, faults, program: variations };
const TITLES = { "": "Overview", try: "Try it", state: "State", journal: "Journal", worlds: "Worlds", faults: "Faults", program: "Program" };

const place = document.getElementById("view");
const overview = document.getElementById("overview");
let leave = null;
let shows = 0;

/** Show what the address names; what was shown before stops listening. */
async function show() {
  const [name = "", ...rest] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  const view = VIEWS[name];
  const mine = ++shows;
  leave?.();
  leave = null;
  overview.hidden = Boolean(view);
  for (const link of document.querySelectorAll("#views a")) {
    if (link.hash === `#/${view ? name : ""}`) {
      link.setAttribute("aria-current", "page");
      link.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else {
      link.removeAttribute("aria-current");
    }
  }
  document.title = `${TITLES[view ? name : ""]} · ${world} · Counterfoil`;
  const fresh = el("div", {});
  try {
    const left = await view?.show(fresh, rest);
    if (mine === shows) leave = left;
    else left?.();
  } catch (error) {
    fresh.append(el("p", { class: "bad" }, error.message));
  }
  if (mine !== shows) return;
  place.replaceChildren(fresh);
  place.dataset.shows = location.hash;
}

/** The worlds in the heading; another one is another page. */
async function listWorlds() {
  const { worlds: all } = await control("GET", "worlds");
  const chosen = document.getElementById("world");
  chosen.replaceChildren(...all.map(({ name }) => el("option", { value: name, selected: name === world }, name)));
}

document.getElementById("world").addEventListener("change", (event) => {
  const home = event.target.value === "main" ? "/" : `/w/${encodeURIComponent(event.target.value)}/`;
  location.assign(home + location.hash);
});
document.getElementById("views").replaceChildren(
  ...Object.entries(TITLES).map(([name, title]) => el("a", { href: `#/${name}` }, title)));
for (const cell of overview.querySelectorAll("[data-contract]")) {
  cell.replaceChildren(el("a", { href: `#/try/${cell.dataset.contract}` }, cell.dataset.contract));
}
document.body.classList.add("scripted");

live.addEventListener("state", ({ detail }) => {
  const lamp = document.getElementById("lamp");
  lamp.textContent = detail === "live" ? "live" : "the mock does not answer";
  lamp.className = detail === "live" ? "badge good" : "badge bad";
});
live.addEventListener("worlds", () => listWorlds().catch(() => {}));
window.addEventListener("hashchange", show);
window.addEventListener("unhandledrejection", (event) => say(event.reason?.message ?? String(event.reason), true));

show();
listWorlds().catch((error) => say(error.message, true));
start();
