// One published client places an order, finds it, accepts it, and is told of a mistake. Prints what it was told.
const base = process.env.BASE_URL;
const url = `${base}/includes/api.php`;
const known = { identifier: "counterfoil-identifier", secret: "counterfoil-secret" };
const order = { clientid: 1, pid: 1, billingcycle: "monthly", domain: "walked.example", paymentmethod: "mailin" };

const called = (object, name, ...rest) =>
  new Promise((resolve, reject) => object[name](...rest, (error, data) => (error ? reject(error) : resolve(data))));

const clients = {
  whmcs() {
    const WHMCS = require("whmcs");
    const client = new WHMCS({ serverUrl: url, username: "admin", password: "3162a9fe88fae16543575fafa993147f" });
    return {
      place: (fields) => called(client.billing, "addOrder", fields.clientid, fields),
      find: (id) => called(client.products, "getOrders", "id", id, 0, 10),
      accept: (id) => called(client.billing, "acceptOrder", id, {}),
    };
  },
  "whmcs-js"() {
    const { Orders } = require("whmcs-js");
    const client = new Orders({ serverUrl: url, ...known });
    return {
      place: (fields) => client.addOrder(fields),
      find: (id) => client.getOrders({ id }),
      accept: (orderid) => client.acceptOrder({ orderid }),
    };
  },
  "whmcs-api"() {
    const WHMCS = require("whmcs-api");
    // what it has sent once it sends with every later call, so that each call has a client of its own
    const call = (...rest) => new WHMCS({ endpoint: url, ...known, responsetype: "json" }).call(...rest);
    return {
      place: (fields) => call("AddOrder", fields),
      find: (id) => call("GetOrders", { id }),
      accept: (orderid) => call("AcceptOrder", { orderid }),
    };
  },
  "@dojnaz/whmcs"() {
    const WHMCS = require("@dojnaz/whmcs");
    const client = new WHMCS({ serverUrl: base, apiIdentifier: known.identifier, apiSecret: known.secret });
    return {
      place: (fields) => client.orders.addOrder(fields),
      find: (id) => client.orders.getOrders({ id }),
      accept: (orderid) => client.orders.acceptOrder({ orderid }),
    };
  },
};

async function walk(client) {
  const { orderid } = await client.place(order);
  const before = (await client.find(orderid)).orders.order[0];
  await client.accept(orderid);
  const after = (await client.find(orderid)).orders.order[0];
  const refused = await client.place({ ...order, clientid: 9999 }).then(({ message }) => message, ({ message }) => message);
  console.log(JSON.stringify({ placed: orderid, before: before.status, after: after.status, amount: after.amount, refused }));
}

walk(clients[process.argv[2]]());
