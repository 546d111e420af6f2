// The view `program`: the defects and liberties of the world's program, as switches.

import { control } from "./control.js";
import { button, el, field, say, tried } from "./dom.js";
import { live } from "./live.js";

const SORTS = [
  ["defects", "Defects", "Named mistakes, to see which of your tests notice them."],
  ["liberties", "Liberties", "What the documents leave open, decided otherwise than the mock does. Your program should get on with each."],
];

export async function show(place) {
  const text = el("input", { type: "search", oninput: () => filter(), placeholder: "name, operation, sentence …" });
  place.append(el("h2", {}, "Program"), el("div", { class: "row" }, field("Search", text)));
  const rows = [];

  function filter() {
    const wanted = text.value.toLowerCase();
    for (const { row, searched } of rows) row.hidden = !searched.includes(wanted);
    for (const group of place.querySelectorAll("details")) {
      group.hidden = !group.querySelector("label:not([hidden])");
      if (wanted) group.open = true;
    }
  }

  for (const [sort, title, sentence] of SORTS) {
    const { [sort]: all } = await control("GET", sort);
    const count = el("output", {});
    const boxes = [];
    const tell = () => { count.textContent = `${boxes.filter((box) => box.checked).length} of ${boxes.length} on`; };
    const order = async () => {
      const { [sort]: now } = await control("PUT", sort, { [sort]: boxes.filter((box) => box.checked).map((box) => box.name) });
      for (const box of boxes) box.checked = now.find((each) => each.name === box.name)?.on ?? false;
      tell();
      live.dispatchEvent(new Event("changed"));
    };
    const groups = Map.groupBy(all, (each) => each.contract);
    place.append(el("section", {},
      el("h3", {}, title, " ", el("small", {}, count)), el("p", {}, sentence),
      el("p", { class: "buttons" }, button("Switch all off", tried(async () => {
        for (const box of boxes) box.checked = false;
        await order();
      }))),
      [...groups].map(([contract, each]) => el("details", { open: each.some((one) => one.on) },
        el("summary", {}, `${contract} (${each.length})`),
        each.map((one) => {
          const box = el("input", { type: "checkbox", role: "switch", name: one.name });
          box.checked = one.on;
          box.addEventListener("change", tried(async () => {
            try {
              await order();
              say(`${one.name} is ${box.checked ? "on" : "off"}.`);
            } catch (error) {
              box.checked = !box.checked;
              throw error;
            }
          }));
          boxes.push(box);
          const row = el("label", { class: "switch" }, box,
            el("span", {}, el("code", {}, one.name), el("br"), one.sentence, " ",
              el("small", {}, [one.kind, one.operations.join(", ") || "all operations"].join(": "))));
          rows.push({ row, searched: `${one.name} ${one.sentence} ${one.operations.join(" ")}`.toLowerCase() });
          return row;
        })))));
    tell();
  }
}
