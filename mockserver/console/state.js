// The view `state`: what the world holds, as tables; what refers to something else leads there.

import { control } from "./control.js";
import { el, table } from "./dom.js";
import { live } from "./live.js";

const values = (map) => (Array.isArray(map) ? map : Object.values(map ?? {}));
/** What every client of a panel has, in one list that says whose it is. */
const ofClients = (name) => (state) =>
  values(state.clients).flatMap((client) => values(client[name]).map((each) => ({ client: client.id, ...each })));
const held = (name) => (state) =>
  Object.entries(state[name] ?? {}).map(([id, each]) => ({ id, ...each }));

/** By vendor: the name of a table, where its rows are, its columns, and which of them name a row of which table. */
const TABLES = {
  whmcs: [
    ["orders", held("orders"), ["id", "number", "client", "placed", "status", "amount", "method", "invoice"], { client: "clients", invoice: "invoices" }],
    ["invoices", held("invoices"), ["id", "client", "issued", "due", "status", "subtotal", "tax", "credit", "method"], { client: "clients" }],
    ["services", held("services"), ["id", "client", "order", "product", "domain", "cycle", "recurring", "next_due", "status"], { client: "clients", order: "orders", product: "products" }],
    ["addons", held("service_addons"), ["id", "client", "order", "service", "addon", "recurring", "status"], { client: "clients", order: "orders", service: "services" }],
    ["domains", held("domains"), ["id", "client", "order", "name", "expires", "status"], { client: "clients", order: "orders" }],
    ["carts", held("carts"), ["id", "client", "currency", "items"], { client: "clients" }],
    ["clients", held("clients"), ["id", "first_name", "last_name", "company", "email", "country", "status", "credit"], {}],
    ["sessions", held("sessions"), ["id", "user", "administrator", "client"], { client: "clients" }],
    ["mails", (state) => values(state.mails).map((each, number) => ({ id: number + 1, ...each })), ["id", "at", "to", "template", "subject"], {}],
    ["products", held("products"), ["id", "name", "kind", "pay", "stock"], {}],
    ["promotions", held("promotions"), ["id", "code", "kind", "value", "uses", "max_uses", "ends"], {}],
  ],
  billmanager: [
    ["orders", ofClients("orders"), ["id", "client", "provider", "created", "cost", "payment", "services"], { client: "clients", payment: "payments" }],
    ["payments", ofClients("payments"), ["id", "client", "order", "amount", "created", "paid"], { client: "clients", order: "orders" }],
    ["services", ofClients("services"), ["id", "client", "order", "kind", "name", "period", "cost", "active", "expires"], { client: "clients", order: "orders" }],
    ["carts", ofClients("carts"), ["client", "items"], { client: "clients" }],
    ["accounts", ofClients("accounts"), ["id", "client", "provider", "balance"], { client: "clients" }],
    ["clients", held("clients"), ["id", "username"], {}],
    ["sessions", (state) => held("by_id")(state.sessions ?? {}), ["id", "client", "expires"], { client: "clients" }],
    ["tariffs", held("tariffs"), ["id", "name", "kind", "provider", "prices"], {}],
  ],
  shopscript: [
    ["orders", (state) => held("by_id")(state.orders ?? {}), ["id", "contact", "contact_id", "created", "state", "total", "currency"], { contact: "clients", contact_id: "clients" }],
    ["clients", held("contacts"), ["id", "name", "email", "phone", "number_of_orders", "last_order_id"], { last_order_id: "orders" }],
    ["stock", (state) => held("skus")(state.catalogue ?? {}), ["id", "product_id", "name", "code", "price", "count"], {}],
    ["tokens", held("tokens"), ["text", "scope", "expires"], {}],
  ],
};

function told(value) {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return value.every((each) => typeof each !== "object") ? value.join(", ") : `${value.length}`;
  if (typeof value === "object") return `${Object.keys(value).length}`;
  return String(value);
}

export async function show(place, [vendor = "", name = "", id = ""]) {
  const shown = el("div", {});
  place.append(el("h2", {}, "State"), shown);
  const opened = new Set(id ? [`${vendor}/${name}/${id}`] : []);

  async function render() {
    const { vendors } = await control("GET", "snapshot");
    const all = Object.keys(vendors).filter((each) => TABLES[each]);
    const now = all.includes(vendor) ? vendor : all.at(-1);
    const tables = TABLES[now];
    const [current, rowsOf, columns, links] = tables.find(([each]) => each === name) ?? tables[0];
    const rows = rowsOf(vendors[now]);
    const used = columns.filter((column) => rows.length === 0 || rows.some((row) => column in row));
    const link = (target, text, active) => el("a", { href: `#/state/${target}`, "aria-current": active ? "true" : null }, text);

    const cell = (row, column) => (links[column] && row[column] && tables.some(([each]) => each === links[column])
      ? el("td", {}, link(`${now}/${links[column]}/${row[column]}`, told(row[column]), false))
      : el("td", {}, told(row[column])));
    const line = (row) => {
      const key = `${now}/${current}/${row.id}`;
      const mine = id !== "" && String(row.id) === id;
      const whole = el("tr", { class: "whole", hidden: true },
        el("td", { colspan: used.length + 1 }, el("pre", { tabindex: "0" }, JSON.stringify(row, null, 2))));
      const opener = el("button", { type: "button", "aria-label": `All of ${current} ${row.id}`, onclick: () => open(whole.hidden) });
      const open = (shows) => {
        whole.hidden = !shows;
        opener.textContent = shows ? "–" : "+";
        opener.setAttribute("aria-expanded", String(shows));
        if (shows) opened.add(key);
        else opened.delete(key);
      };
      open(opened.has(key));
      return [el("tr", { class: mine ? "found" : null, "data-id": String(row.id) },
        el("td", {}, opener), used.map((column) => cell(row, column))), whole];
    };
    shown.replaceChildren(
      el("nav", { class: "tabs", "aria-label": "Vendors" }, all.map((each) => link(each, each, each === now))),
      el("nav", { class: "tabs", "aria-label": "Tables" },
        tables.map(([each, of]) => link(`${now}/${each}`, `${each} ${of(vendors[now]).length}`, each === current))),
      rows.length
        ? table(`${now}: ${current}`, ["all", ...used.map((column) => column.replaceAll("_", " "))], [...rows].reverse().flatMap(line), { id: "rows" })
        : el("p", {}, `No ${current} yet.`));
  }

  let waiting = 0;
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => render().catch(() => {}), 250);
  };
  await render();
  shown.querySelector(".found")?.scrollIntoView({ block: "center" });
  for (const event of ["entry", "changed"]) live.addEventListener(event, later);
  return () => {
    clearTimeout(waiting);
    for (const event of ["entry", "changed"]) live.removeEventListener(event, later);
  };
}
