// Makes elements. Text goes in as text nodes and never as HTML: much of it comes from whoever calls the mock.

/** An element with attributes, listeners (`onclick: …`) and children; a string becomes text, null and false are left out. */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "value" && tag !== "option") made.value = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => ![null, undefined, false].includes(child)));
  return made;
}

let labels = 0;

/** A control with its label, and the sentence that explains it, if there is one. */
export function field(label, control, hint = null) {
  control.id ||= `field-${++labels}`;
  if (hint) control.setAttribute("aria-describedby", `${control.id}-hint`);
  return el("div", { class: "field" },
    el("label", { for: control.id }, label), control,
    hint && el("small", { id: `${control.id}-hint` }, hint));
}

/** A select of [value, text] pairs. */
export function select(options, chosen, attributes = {}) {
  return el("select", attributes,
    options.map(([value, text]) => el("option", { value, selected: value === chosen }, text)));
}

export function button(text, onclick, attributes = {}) {
  return el("button", { type: "button", onclick, ...attributes }, text);
}

/** A table in a frame that scrolls by itself; `rows` are lists of cells. */
export function table(caption, head, rows, attributes = {}) {
  return el("div", { class: "wide", tabindex: "0", role: "region", "aria-label": caption },
    el("table", attributes,
      el("thead", {}, el("tr", {}, head.map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, rows)));
}

/** Says something once: on the page for a while, and to a screen reader. */
export function say(text, bad = false) {
  const place = document.getElementById("said");
  place.textContent = text;
  place.className = bad ? "bad" : "";
  place.hidden = false;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { place.hidden = true; }, bad ? 12000 : 4000);
}

/** Runs what a button does, and says what went wrong. */
export function tried(act) {
  return async (event) => {
    const pressed = event?.currentTarget;
    try {
      if (pressed instanceof HTMLButtonElement) pressed.disabled = true;
      await act(event);
    } catch (error) {
      say(error.message, true);
    } finally {
      if (pressed instanceof HTMLButtonElement) pressed.disabled = false;
    }
  };
}

export async function copy(text) {
  await navigator.clipboard.writeText(text);
  say("Copied.");
}

/** JSON as people read it; anything else as it is. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
