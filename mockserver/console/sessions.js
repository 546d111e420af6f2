// Signs in at the REST API and passes its state on from answer to request, as that API wants it.

import { prefix } from "./control.js";
import { CALLERS } from "./requests.js";

/** Each caller's last `X-Api-State`. */
const states = new Map();

const STATE = "X-Api-State";

/** The state of a caller, who is signed in first where nobody is. */
export async function stateOf(caller) {
  if (!states.has(caller)) {
    const { path, body } = CALLERS[caller];
    const answer = await fetch(prefix + path, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    const state = answer.headers.get(STATE);
    if (!answer.ok || !state) throw new Error(`Nobody could be signed in as ${caller}: the mock answered ${answer.status}.`);
    states.set(caller, state);
  }
  return states.get(caller);
}

/** Keep the state of an answer for the next request. */
export function keep(caller, answer) {
  const state = answer.headers.get(STATE);
  if (caller && state && answer.status !== 401) states.set(caller, state);
  if (caller && answer.status === 401) states.delete(caller);
}

/** After a reset no session is left. */
export function forgetAll() {
  states.clear();
}

/** Who makes a call that the journal has: the addresses of administrators are their own. */
export const callerOf = ({ url }) => (url.includes("/admin/") ? "administrator" : "user");
