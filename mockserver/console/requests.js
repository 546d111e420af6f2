// Makes requests of a contract's operations: its own examples, with the credentials that every world is seeded with.

import { control } from "./control.js";

const METHODS = ["get", "post", "put", "patch", "delete"];
const FORM = "application/x-www-form-urlencoded";

/** What a contract's requests carry so that they are let in, unless they carry it already. */
const SEEDED = {
  "whmcs-classic": { form: { identifier: "counterfoil-identifier", secret: "counterfoil-secret", responsetype: "json" } },
  shopscript: { query: { access_token: "counterfoil-token" } },
  billmanager: { form: { authinfo: "demo:demo", out: "xjson" }, query: { authinfo: "demo:demo", out: "xjson" } },
};

/** Who may be signed in at the REST API, and where. */
export const CALLERS = {
  user: { path: "/api/v2/user/session", body: { email: "davis@example.com", password: "counterfoil" } },
  administrator: { path: "/api/v2/admin/session", body: { username: "administrator", password: "counterfoil" } },
};

/** Values for parameters that have no example; what only a world knows is looked up in it. */
const USUAL = {
  client_id: "1", user_id: "1", product_id: "1", group_id: "1", tld_id: "com", tld: "co.uk", country_code: "GB",
  domain: "counterfoil.example", domain_id: "3", service_id: "19", service_addon_id: "40", query: "davis", id: "1",
  custom_field_id: "1", config_option_id: "1", service_customfield_id: "1", service_configoption_id: "1",
  order_period: "1", pricelist: "111", sok: "ok", clicked_button: "order", method: "shop.nothing",
};

/** The part of the document that a `$ref` names; anything else is itself. */
export function resolved(document, node) {
  let found = node;
  while (found?.$ref) {
    found = found.$ref.slice(2).split("/").reduce(
      (at, step) => at[decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~")], document);
  }
  return found ?? {};
}

/** All operations of a document, in its order. */
export function operations(document) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({
      id: item[method].operationId, method: method.toUpperCase(), path: path.split("#")[0], raw: item[method],
      parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map((each) => resolved(document, each)),
    })));
}

/** The refusals of an operation as options: name, and status with what it means. */
export function refusals(document, operation, known) {
  const said = new Map();
  for (const answer of Object.values(operation.raw.responses)) {
    for (const media of Object.values(resolved(document, answer).content ?? {})) {
      for (const [name, example] of Object.entries(media.examples ?? {})) {
        said.set(name, resolved(document, example).summary ?? "");
      }
    }
  }
  return Object.entries(known[operation.id] ?? {})
    .map(([name, status]) => [name, `${name} (${status})${said.get(name) ? `: ${said.get(name)}` : ""}`]);
}

/** The examples of an operation's request, the ones of the seeded installation first. */
export function examples(document, operation) {
  const content = resolved(document, operation.raw.requestBody).content ?? {};
  const media = Object.keys(content)[0];
  if (!media) return [];
  const named = Object.entries(content[media].examples ?? {}).map(([name, example]) => {
    const { summary, value } = resolved(document, example);
    return { name, media, value, text: summary ? `${name}: ${summary}` : name };
  });
  return named.sort((one, other) => other.name.startsWith("seeded") - one.name.startsWith("seeded"));
}

/** A tree as the fields of a form: `items[0][sku_id]=1`. */
export function fields(tree, name = "") {
  if (tree === null || typeof tree !== "object") return [[name, String(tree)]];
  return Object.entries(tree).flatMap(([key, value]) => fields(value, name ? `${name}[${key}]` : key));
}

/** One field in a line, as they are shown and edited. */
export const lines = (pairs) => pairs.map(([name, value]) => `${name}=${value}`).join("\n");

/** The fields of such lines, as a form sends them. */
export function encoded(text) {
  const pairs = text.split("\n").filter((line) => line.trim()).map((line) => {
    const [name] = line.split("=", 1);
    return [name.trim(), line.slice(name.length + 1)];
  });
  return new URLSearchParams(pairs).toString();
}

function valueOf(document, parameter, known) {
  const schema = resolved(document, parameter.schema);
  const example = resolved(document, Object.values(parameter.examples ?? {})[0]).value;
  const seeded = known[parameter.name] ?? USUAL[parameter.name];
  const given = (parameter.in === "path" ? seeded : null) // a document's own ids are nobody's here
    ?? parameter.example ?? example ?? schema.const ?? schema.examples?.[0] ?? seeded ?? schema.default ?? schema.enum?.[0];
  return given === undefined ? "" : String(given);
}

/** A request to the operation as it is shown before it is sent: path, query and body as texts to edit. */
export async function draft(contract, document, operation, example, orderFunction = "v2.vds.order.param") {
  const seeded = SEEDED[contract] ?? {};
  const known = await lookedUp(operation.path);
  if (contract === "billmanager" && operation.id === "order_item_by_query") known.func = orderFunction;
  const required = operation.parameters.filter((each) => each.required);
  const path = operation.path.replaceAll(/{(\w+)}/g, (whole, name) => {
    const parameter = operation.parameters.find((each) => each.in === "path" && each.name === name);
    return encodeURIComponent(valueOf(document, parameter ?? { name, schema: {} }, known));
  });
  const asked = required.filter((each) => each.in === "query").map((each) => [each.name, valueOf(document, each, known)]);
  const secured = operation.raw.security === undefined || operation.raw.security.length > 0;
  const isForm = example?.media.startsWith(FORM) ?? false;
  const query = secured && !(isForm && seeded.form) ? { ...seeded.query, ...Object.fromEntries(asked) } : Object.fromEntries(asked);
  let body = "";
  if (isForm) {
    body = lines(fields({ ...example.value, ...(secured ? missing(seeded.form, example.value) : {}) }));
  } else if (example) {
    body = JSON.stringify(example.value, null, 2);
  }
  return { path, query: lines(Object.entries(query)), body, media: example?.media ?? "" };
}

/** Of the seeded fields those that the example has not; it may log in in another way. */
function missing(seeded = {}, value = {}) {
  const own = ["identifier", "username", "auth", "authinfo"].some((name) => name in value);
  return Object.fromEntries(Object.entries(seeded).filter(([name]) => !(name in value) && !(own && /^(identifier|secret|authinfo)$/.test(name))));
}

/** What only the world knows: its newest cart (one with something in it, if there is one), what that is, and whom its users may act for. */
async function lookedUp(path) {
  if (!/\{(cart_id|item_id|client_uuid)\}/.test(path)) return {};
  const { vendors } = await control("GET", "snapshot");
  const carts = Object.entries(vendors.whmcs.carts);
  const [cartId, cart] = carts.findLast(([, { items }]) => Object.keys(items).length) ?? carts.at(-1) ?? [];
  const client = Object.values(vendors.whmcs.clients)[0];
  return { cart_id: cartId, item_id: Object.values(cart?.items ?? {}).at(-1)?.id, client_uuid: client?.uuid };
}
