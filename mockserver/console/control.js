// Speaks to the mock: the control plane of the page's own world, and the contracts' documents.

/** Before every path of this world: nothing for `main`, `/w/<name>` for any other. */
export const prefix = document.body.dataset.prefix;
export const world = document.body.dataset.world;
export const contracts = document.body.dataset.contracts.split(" ").filter(Boolean);

const TOKEN = "counterfoil-control-token";

/** The headers that every control request carries. */
export function headers() {
  const token = sessionStorage.getItem(TOKEN);
  return { "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
}

/** One control request. Where the mock asks for its token, the user is asked for it, once. */
export async function control(method, path, body = undefined, again = true) {
  const answer = await fetch(`${prefix}/_mock/${path}`, {
    method, headers: headers(), body: body === undefined ? undefined : JSON.stringify(body),
  });
  const data = await answer.json().catch(() => ({}));
  if (answer.status === 401 && again && !refused) {
    const token = await askForToken(data.message ?? "The control plane asks for its token.");
    if (token) {
      sessionStorage.setItem(TOKEN, token);
      return control(method, path, body, false);
    }
  }
  if (answer.status === 401) sessionStorage.removeItem(TOKEN);
  if (!answer.ok) throw new Error(data.message ?? `The mock answered ${answer.status}.`);
  return data;
}

let asking = null;
let refused = false; // whoever leaves the question is not asked again before the page is loaded anew

function askForToken(message) {
  asking ??= new Promise((resolve) => {
    const dialog = document.getElementById("token");
    dialog.querySelector("p").textContent = message;
    dialog.addEventListener("close", () => {
      asking = null;
      refused = dialog.returnValue !== "use";
      resolve(refused ? "" : dialog.querySelector("input").value.trim());
    }, { once: true });
    dialog.showModal();
  });
  return asking;
}

const asked = new Map();

/** What a path of the mock's own has; asked for once. */
function known(path) {
  if (!asked.has(path)) asked.set(path, fetch(prefix + path).then((answer) => (answer.ok ? answer.json() : {})));
  return asked.get(path);
}

/** A contract's OpenAPI document. */
export const documentOf = (contract) => known(`/openapi/${contract}.json`);

/** A contract's refusals by operation: their names, with the status of each. */
export const refusalsOf = (contract) => known(`/_console/refusals/${contract}.json`);

/** What a shell takes: one word, whatever is in it. */
function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A request as a curl line. */
export function curl({ method, url, headers: sent = {}, body = "" }) {
  const words = ["curl", "-i"];
  if (method !== (body ? "POST" : "GET")) words.push("-X", method);
  for (const [name, value] of Object.entries(sent)) words.push("-H", quoted(`${name}: ${value}`));
  if (body) words.push("--data-raw", quoted(body));
  return [...words, quoted(new URL(url, location.origin).href)].join(" ");
}
