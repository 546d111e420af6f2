// The view `worlds`: make, choose, reset and delete worlds, take one's state away and bring it back, and set its clock.

import { control, prefix, world } from "./control.js";
import { button, el, field, say, table, tried } from "./dom.js";
import { live } from "./live.js";
import { forgetAll } from "./sessions.js";

/** Tells the rest of the page that the world is not what it was. */
function changed() {
  forgetAll();
  live.dispatchEvent(new Event("changed"));
}

const homeOf = (name) => (name === "main" ? "/" : `/w/${encodeURIComponent(name)}/`);

function clock(now) {
  const shown = el("output", { id: "now", "aria-live": "polite" });
  const tell = ({ now: time, ticks }) => {
    shown.textContent = `${time} (${ticks ? "it ticks" : "it stands still"})`;
    live.dispatchEvent(new CustomEvent("clock", { detail: { now: time, ticks } }));
  };
  tell(now);
  const moment = el("input", { type: "datetime-local", step: "1", value: now.now.slice(0, 19) });
  const amount = el("input", { type: "number", value: "40", step: "any" });
  const unit = el("select", {}, ["days", "hours", "minutes", "weeks"].map((each) => el("option", { value: each }, each)));
  const order = (make) => tried(async () => {
    tell(await control("POST", "clock", make()));
    live.dispatchEvent(new Event("changed"));
  });
  return [
    el("h3", {}, "Clock"), el("p", {}, "It is ", shown),
    el("div", { class: "row end" }, field("Advance by", amount), field("Unit", unit),
      button("Advance", order(() => ({ advance: { [unit.value]: Number(amount.value) } })), { id: "advance" })),
    el("div", { class: "row end" }, field("Moment (UTC)", moment),
      button("Stop it there", order(() => ({ set: `${moment.value}Z` }))),
      button("Let it tick", order(() => ({ tick: true })))),
  ];
}

function snapshot() {
  const file = el("input", { type: "file", accept: "application/json" });
  return [
    el("h3", {}, "Snapshot"),
    el("p", {}, "All state of this world in a file, to come back to it later or in another world."),
    el("div", { class: "row end" },
      button("Download", tried(async () => {
        const state = new Blob([JSON.stringify(await control("GET", "snapshot"), null, 1)], { type: "application/json" });
        const link = el("a", { href: URL.createObjectURL(state), download: `${world}.snapshot.json` });
        link.click();
        URL.revokeObjectURL(link.href);
      })),
      field("A snapshot to go back to", file),
      button("Restore", tried(async () => {
        if (!file.files.length) throw new Error("Choose a file first.");
        let state;
        try {
          state = JSON.parse(await file.files[0].text());
        } catch {
          throw new Error(`${file.files[0].name} is not JSON.`);
        }
        await control("PUT", "snapshot", state);
        changed();
        say("Restored.");
      }))),
  ];
}

export async function show(place) {
  const list = el("div", {});
  const name = el("input", { required: true, pattern: "[A-Za-z0-9][A-Za-z0-9_.\\-]{0,99}", autocomplete: "off" });

  async function render() {
    const { worlds } = await control("GET", "worlds");
    list.replaceChildren(table("Worlds", ["name", "its clock", "base URL", "actions"], worlds.map((each) => el("tr", {},
      el("td", {}, each.name === world ? el("strong", {}, `${each.name} (this one)`) : el("a", { href: homeOf(each.name) }, each.name)),
      el("td", {}, `${each.now}${each.ticks ? "" : " (stands still)"}`),
      el("td", {}, el("code", {}, each.base_url)),
      el("td", {}, each.name === "main" ? "–" : button("Delete", tried(async () => {
        await control("DELETE", `worlds/${encodeURIComponent(each.name)}`);
        if (each.name === world) location.assign("/#/worlds");
        else await render();
      }), { "aria-label": `Delete the world ${each.name}` }))))));
  }

  const make = tried(async () => {
    if (!name.reportValidity()) return;
    const made = await control("POST", "worlds", { name: name.value });
    say(`Made ${made.name}: ${made.base_url}`);
    name.value = "";
    await render();
    live.dispatchEvent(new Event("worlds"));
  });
  place.append(
    el("h2", {}, "Worlds"),
    el("p", {}, "A world is one isolated copy of all state, with its own clock, ids and journal. This page is about ",
      el("strong", {}, world), `; a client of it has the base URL ${location.origin}${prefix}.`),
    el("p", { class: "buttons" }, button(`Reset ${world}`, tried(async () => {
      if (!confirm(`Put ${world} back to what it was in the beginning?`)) return;
      await control("POST", "reset");
      changed();
      clockPlace.replaceChildren(...clock(await control("GET", "clock")));
      say(`${world} is as it was in the beginning.`);
    }), { id: "reset", class: "danger" })),
    list,
    el("div", { class: "row end" }, field("A new world", name), button("Make it", make)));
  const clockPlace = el("section", {}, clock(await control("GET", "clock")));
  place.append(clockPlace, el("section", {}, snapshot()));
  await render();
}
