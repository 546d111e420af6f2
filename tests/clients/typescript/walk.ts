// A shop's whole way from browsing to the order, with a client generated from the served contract.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

const base = process.env["BASE_URL"] ?? "http://127.0.0.1:8080";
const shop = createClient<paths>({ baseUrl: base });
let state = "";

// every answer to a call that carries a state has a new one
shop.use({
  onRequest({ request }) {
    if (state) request.headers.set("X-Api-State", state);
    return request;
  },
  onResponse({ response }) {
    state = response.headers.get("X-Api-State") ?? state;
    return response;
  },
});

function need<T>(what: string, answer: { data?: T; error?: unknown; response: Response }, status = 200): T {
  if (answer.response.status !== status || answer.data === undefined) {
    throw new Error(`${what}: ${answer.response.status} ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

function hold(what: string, holds: boolean): void {
  if (!holds) throw new Error(`${what} does not hold`);
  console.log(`- ${what}`);
}

// browse
const products = need("list products", await shop.GET("/api/v2/store/products"));
const product = products.data.find((each) => each.id === 1);
if (!product) throw new Error("there is no product 1");
hold(`the product ${product.name} is for sale`, true);

// check a domain
const name = "a-shop-of-my-own.com";
const looked = need("availability", await shop.GET("/api/v2/store/domain/availability", { params: { query: { domain: name } } }));
console.log(`- ${name}: ${JSON.stringify(looked.data).slice(0, 80)}`);

// fill a cart
const cart_id = need("create a cart", await shop.POST("/api/v2/cart")).data.id;
const path = { cart_id };
need("add items", await shop.POST("/api/v2/cart/{cart_id}/items", {
  params: { path },
  body: {
    items: [
      { type: "product", product_id: 1, billing_cycle: "monthly", domain: name, addons: [{ id: 1 }], custom_fields: [{ id: 1, value: "Google" }] },
      { type: "domain_register", name, period: 1, id_protection: true },
    ],
  },
}));
const total = async (): Promise<number> => {
  const cart = need("get the cart", await shop.GET("/api/v2/cart/{cart_id}", { params: { path } }));
  return Number(cart.data.totals.total?.value);
};
const filled = await total();
hold(`the cart costs ${filled}`, filled > 0);

// configure
const cart = need("get the cart", await shop.GET("/api/v2/cart/{cart_id}", { params: { path } }));
type ProductItem = components["schemas"]["CartItemTypeProduct"];
const item = cart.data.items.find((each): each is ProductItem => "product" in each);
if (!item) throw new Error("the product is not in the cart");
need("set an addon", await shop.POST("/api/v2/cart/{cart_id}/items/{item_id}/addon", {
  params: { path: { cart_id, item_id: item.item_id } },
  body: { addons: [{ id: 5 }] },
}));
const configured = await total();
hold(`with another addon it costs ${configured}`, configured > filled);

// promote
need("apply a code", await shop.POST("/api/v2/cart/{cart_id}/promotions", { params: { path }, body: { code: "PROMOCODE" } }));
const promoted = await total();
hold(`with a code it costs ${promoted}`, promoted < configured);

// log in with a second factor
const challenge = await shop.POST("/api/v2/user/session", { body: { email: "twofa@example.com", password: "counterfoil" } });
hold("a second factor is asked for", challenge.response.status === 202 && state !== "");
need("verify", await shop.POST("/api/v2/user/session/verify", { body: { fields: { key: "417339" } } }));
const before = need("services", await shop.GET("/api/v2/user/services")).data.length;

// validate and check out
const valid = need("validate", await shop.POST("/api/v2/cart/{cart_id}/validate", { params: { path } }));
console.log(`- validated: ${JSON.stringify(valid).slice(0, 120)}`);
const done = need("check out", await shop.POST("/api/v2/cart/{cart_id}/checkout", { params: { path } }));
console.log(`- checked out: ${JSON.stringify(done).slice(0, 160)}`);
const after = need("services", await shop.GET("/api/v2/user/services")).data;
hold(`the user has ${after.length - before} service more`, after.length === before + 1);
const emptied = need("get the cart", await shop.GET("/api/v2/cart/{cart_id}", { params: { path } }));
hold("the cart is empty", emptied.data.items.length === 0);
need("log out", await shop.DELETE("/api/v2/user/session"));
console.log("walked");
