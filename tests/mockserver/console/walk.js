// Walks the console in a browser: `node walk.js WALK BASE_URL CHROMIUM`. What does not hold ends it with an error.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [walk, base, executablePath] = process.argv.slice(2);
const VIEWS = ["", "try", "state", "journal", "worlds", "faults", "program"];
const ORDER = "try/whmcs-classic/add_order";
const complaints = [];

/** Note what a page complains of, but for answers that say no, and whom else than the mock it asks. */
function watch(page) {
  page.on("console", (said) => {
    if (said.type() === "error" && !said.text().startsWith("Failed to load resource: the server responded")) complaints.push(said.text());
  });
  page.on("request", (request) => {
    const mine = request.url().startsWith(new URL(base).origin) || /^(data|blob):/.test(request.url());
    if (!mine) complaints.push(`asked ${request.url()}`);
  });
}

async function opened(browser, view, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  page.on("pageerror", (error) => complaints.push(error.message));
  watch(page);
  page.on("dialog", (dialog) => dialog.accept());
  await show(page, view);
  return page;
}

async function show(page, view) {
  await page.goto(`${base}/#/${view}`);
  await page.waitForFunction(() => document.getElementById("lamp").textContent === "live");
  await page.waitForFunction((hash) => document.getElementById("view").dataset.shows === hash, `#/${view}`);
}

const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const seen = (page, text) => page.getByText(text).first().waitFor();

async function send(page) {
  await press(page, "Send");
  await page.getByRole("heading", { name: /^Answer/ }).waitFor();
  return page.locator("pre.body").textContent();
}

async function control(path, method = "GET", body = undefined) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`${base}/_mock/${path}`, { method, headers, body: body && JSON.stringify(body) });
  return answer.json();
}

const walks = {
  async order(browser) {
    const journal = await opened(browser, "journal");
    const state = await opened(browser, "state/whmcs/orders");
    await state.locator("#rows tbody tr").first().waitFor();
    const before = await state.locator("#rows tr[data-id]").count();
    const page = await opened(browser, ORDER);
    const { orderid, invoiceid } = JSON.parse(await send(page));
    await page.locator(".outcome", { hasText: "accepted" }).waitFor();

    const entry = journal.locator(".entry", { hasText: "add_order" });
    await entry.locator("summary").click();
    await entry.getByText(`"orderid": ${orderid}`).waitFor();
    assert.match(await entry.locator("summary").textContent(), /200.*add_order.*accepted.*POST \/includes\/api\.php.*ms/s);

    const row = state.locator(`#rows tr[data-id="${orderid}"]`);
    await row.waitFor();
    assert.equal(await state.locator("#rows tr[data-id]").count(), before + 1);
    await row.getByRole("link", { name: String(invoiceid), exact: true }).click();
    await state.locator(`tr.found[data-id="${invoiceid}"] button[aria-expanded=true]`).waitFor();
    assert.match(await state.locator("tr.whole:visible pre").textContent(), /"status": "Unpaid"/);

    await entry.getByRole("button", { name: "Send again" }).click();
    await journal.locator(".entry", { hasText: "add_order" }).nth(1).waitFor();
    await journal.getByLabel("Search", { exact: true }).fill("no such thing");
    await seen(journal, "0 of 2 shown");
  },

  async refusal(browser) {
    const page = await opened(browser, ORDER);
    await page.getByLabel("Outcome", { exact: true }).selectOption("no_items");
    assert.match(await page.locator("pre.curl").textContent(), /Prefer: outcome=no_items/);
    assert.equal(JSON.parse(await send(page)).result, "error");
    await page.locator(".outcome", { hasText: "no_items" }).waitFor();
    await show(page, "journal");
    await page.getByLabel("Outcome", { exact: true }).selectOption("refused");
    await seen(page, "1 of 1 shown");
    await page.getByLabel("Outcome", { exact: true }).selectOption("accepted");
    await seen(page, "0 of 1 shown");
  },

  async rest(browser) {
    const page = await opened(browser, "try/whmcs-rest/list_services");
    assert.equal(await page.getByLabel("Call as", { exact: true }).inputValue(), "user");
    for (const time of [1, 2]) assert.ok(JSON.parse(await send(page)).data, `the session does not last for call ${time}`);
    await show(page, "try/whmcs-rest/create_cart");
    const { id } = JSON.parse(await send(page)).data;
    await show(page, "try/whmcs-rest/add_cart_items");
    assert.ok((await page.getByLabel("Path", { exact: true }).inputValue()).includes(id));
    await send(page);
    await show(page, "state/whmcs/carts");
    await page.locator(`tr[data-id="${id}"]`).waitFor();
  },

  async clock(browser) {
    const page = await opened(browser, "worlds");
    const { now } = await control("clock");
    await page.getByLabel("Advance by", { exact: true }).fill("40");
    await press(page, "Advance");
    const later = new Date(new Date(now).getTime() + 40 * 86400e3).toISOString().slice(0, 10);
    await page.locator("#now", { hasText: later }).waitFor();
    assert.ok((await control("clock")).now.startsWith(later));
  },

  async reset(browser) {
    const page = await opened(browser, ORDER);
    await send(page);
    const journal = await opened(browser, "journal");
    await seen(journal, "1 of 1 shown");
    const state = await opened(browser, "state/whmcs/orders");
    await state.locator('#rows tr[data-id="7"]').waitFor();
    await show(page, "worlds");
    await page.locator("#reset").click();
    await seen(page, /is as it was in the beginning/);
    await state.locator('#rows tr[data-id="7"]').waitFor({ state: "detached" });
    assert.deepEqual((await control("journal")).entries, []);
    await seen(journal, "0 of 0 shown");
    await show(page, ORDER);
    assert.equal(JSON.parse(await send(page)).orderid, 7);
    await seen(journal, "1 of 1 shown");
    await journal.locator('.entry[data-number="1"]').waitFor();
  },

  async worlds(browser) {
    const page = await opened(browser, "worlds");
    const name = `console-${Date.now()}`;
    await page.getByLabel("A new world", { exact: true }).fill(name);
    await press(page, "Make it");
    await page.getByRole("link", { name, exact: true }).click();
    await page.waitForURL(`**/w/${name}/`);
    await page.goto(`${page.url()}#/worlds`);
    await seen(page, `${name} (this one)`);
    await press(page, `Delete the world ${name}`);
    await page.waitForURL(/\/#\/worlds$/);
    assert.ok(!(await control("worlds")).worlds.some((each) => each.name === name));
  },

  async snapshot(browser) {
    const page = await opened(browser, "worlds");
    const coming = page.waitForEvent("download");
    await press(page, "Download");
    const file = await (await coming).path();
    await show(page, ORDER);
    await send(page);
    await show(page, "worlds");
    await page.getByLabel("A snapshot to go back to", { exact: true }).setInputFiles({ name: "s.json", mimeType: "application/json", buffer: await readFile(file) });
    await press(page, "Restore");
    await seen(page, "Restored.");
    assert.ok(!("7" in (await control("snapshot")).vendors.whmcs.orders));
    await page.getByLabel("A snapshot to go back to", { exact: true }).setInputFiles({ name: "s.json", mimeType: "application/json", buffer: Buffer.from("{") });
    await press(page, "Restore");
    await seen(page, "s.json is not JSON.");
  },

  async faults(browser) {
    const page = await opened(browser, "faults");
    await page.getByLabel("Contract", { exact: true }).selectOption("shopscript");
    await page.getByLabel("Operation", { exact: true }).selectOption("add_order");
    await page.getByLabel("Refuse as", { exact: true }).selectOption("token_expired");
    await page.getByLabel("How many times", { exact: true }).fill("2");
    await press(page, "Order it");
    await seen(page, "refused as token_expired");
    await show(page, "try/shopscript/add_order");
    assert.equal(JSON.parse(await send(page)).error, "invalid_token");
    await show(page, "faults");
    await seen(page, "1 more");
    await press(page, "Call off the fault of add_order");
    await seen(page, "No faults");
    assert.deepEqual((await control("faults")).faults, []);
  },

  async program(browser) {
    const page = await opened(browser, "program");
    await page.getByLabel("Search", { exact: true }).fill("forgets_the_quantity");
    const name = "order_total_forgets_the_quantity";
    await page.getByRole("switch", { name: new RegExp(name) }).check();
    await seen(page, `${name} is on.`);
    assert.ok((await control("defects")).defects.find((each) => each.name === name).on);
    await press(page.locator("section", { hasText: "Defects" }).first(), "Switch all off");
    await seen(page, /^0 of \d+ on$/);
    assert.ok(!(await control("defects")).defects.some((each) => each.on));
  },

  async stranger(browser) {
    const text = `<img src=x onerror="document.title='run'"><script>document.title='run'</script>`;
    const page = await opened(browser, "journal");
    const query = new URLSearchParams({ action: text, identifier: "counterfoil-identifier", secret: "counterfoil-secret" });
    await fetch(`${base}/includes/api.php`, { method: "POST", body: query });
    await fetch(`${base}/api.php/shop.order.add?access_token=counterfoil-token`, {
      method: "POST", body: new URLSearchParams({ "contact[name]": text, "items[0][sku_id]": "1" }),
    });
    for (const entry of [0, 1]) await page.locator(".entry summary").nth(entry).click();
    await show(page, "state/shopscript/clients");
    await page.getByText("<img src=x").first().waitFor();
    assert.equal(await page.locator("main img, main script").count(), 0);
    assert.match(await page.title(), /^State/);
  },

  async token(browser) {
    const page = await browser.newPage();
    await page.goto(`${base}/#/worlds`);
    await press(page, "Leave it");
    await page.locator("#lamp", { hasText: "does not answer" }).waitFor();
    await page.waitForTimeout(2000);
    assert.ok(!(await page.getByRole("dialog").isVisible()), "whoever leaves the question is asked again");
    await page.reload();
    await page.getByRole("dialog").getByLabel("Token", { exact: true }).fill("of-this-test");
    await press(page, "Use it");
    await page.getByRole("cell", { name: "main (this one)" }).waitFor();
  },

  async reference(browser) {
    for (const scheme of ["light", "dark"]) {
      const page = await (await browser.newContext({ colorScheme: scheme })).newPage();
      watch(page);
      await page.goto(`${base}/reference/whmcs-classic`);
      await page.getByText("/includes/api.php#AddOrder").first().waitFor();
    }
  },

  // Every operation has a request that the mock answers, and for what is seeded the first one is accepted.
  async examples(browser) {
    const page = await opened(browser, "");
    const answered = await page.evaluate(async () => {
      const { contracts, documentOf, prefix } = await import("/_console/control.js");
      const { draft, encoded, examples, operations } = await import("/_console/requests.js");
      const answered = [];
      for (const contract of contracts) {
        const document_ = await documentOf(contract);
        for (const operation of operations(document_)) {
          const { path, query, body, media } = await draft(contract, document_, operation, examples(document_, operation)[0]);
          const answer = await fetch(`${prefix}${path}?${encoded(query)}`, {
            method: operation.method, headers: media ? { "Content-Type": media } : {},
            body: (media.endsWith("json") ? body : encoded(body)) || undefined,
          });
          answered.push([`${contract} ${operation.id}`, answer.status, await answer.text()]);
        }
      }
      return answered;
    });
    const of = (name) => answered.find(([each]) => each === name);
    assert.ok(answered.length > 100);
    assert.deepEqual(answered.filter(([, status]) => status >= 500), []);
    assert.match(of("whmcs-classic add_order")[2], /"result":"success"/);
    assert.match(of("shopscript add_order")[2], /"id":2,/);
    assert.match(of("billmanager order_item")[2], /<ok\/>/);
    assert.match(of("billmanager list_services")[2], /"elem"/);
    assert.match(of("whmcs-rest add_cart_items")[2], /"data"/);
  },

  // No view is wider than the screen, and axe finds nothing to complain of.
  async access(browser) {
    const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    const found = [];
    for (const [width, colorScheme] of [[390, "light"], [390, "dark"], [1280, "light"], [1280, "dark"]]) {
      const page = await opened(browser, ORDER, { viewport: { width, height: 844 }, colorScheme, bypassCSP: true });
      await send(page);
      for (const view of VIEWS) {
        await show(page, view);
        if (view === "journal") await page.locator(".entry summary").first().click();
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wider > 0) found.push(`${view} is ${wider} px wider than ${width} px`);
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => window.axe.run());
        found.push(...violations.map(({ id, nodes }) => `${view} ${width} ${colorScheme}: ${id} ${nodes[0].html}`));
      }
      await page.context().close();
    }
    assert.deepEqual(found, []);
  },
};

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
try {
  await walks[walk](browser);
  assert.deepEqual(complaints, []);
} finally {
  await browser.close();
}
