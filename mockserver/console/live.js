// What the world is asked, while it is asked: the journal as server-sent events, told on as events of `live`.

import { control, headers, prefix } from "./control.js";

/** Fires `entry` (its detail is the journal's), `changed` (the world is another one) and `state` (whether it answers). */
export const live = new EventTarget();

const EVERY = 1500; // milliseconds between two looks where nothing is streamed

function tell(kind, detail) {
  live.dispatchEvent(new CustomEvent(kind, { detail }));
}

let last = 0;

function entry(each) {
  last = each.number;
  tell("entry", each);
}

/** The world has started over: its journal counts from one again. */
function reset() {
  last = 0;
  tell("changed");
}

/** All that the journal holds now. */
export async function journal() {
  return (await control("GET", "journal")).entries;
}

/** Follows for as long as the page is shown: a browser has few connections to one server, and a hidden page needs none. */
async function follow() {
  const hidden = new AbortController();
  const leave = () => hidden.abort();
  document.addEventListener("visibilitychange", leave);
  try {
    await streamed(hidden.signal);
  } finally {
    document.removeEventListener("visibilitychange", leave);
  }
}

/** One event stream, to its end; EventSource could not send the token. */
async function streamed(signal) {
  const answer = await fetch(`${prefix}/_mock/journal/stream`, {
    headers: { ...headers(), Accept: "text/event-stream", "Last-Event-ID": String(last) }, signal,
  });
  if (!answer.ok) throw new Error(`The mock answered ${answer.status}.`);
  tell("state", "live");
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    held += value.replaceAll("\r\n", "\n");
    for (let end = held.indexOf("\n\n"); end >= 0; end = held.indexOf("\n\n")) {
      const lines = held.slice(0, end).split("\n");
      held = held.slice(end + 2);
      const said = (name) => lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim());
      if (said("event")[0] === "reset") reset();
      else if (said("data").length) entry(JSON.parse(said("data").join("\n")));
    }
  }
}

/** What came since the last look; where nothing can be streamed, this is how it is seen. */
async function look() {
  const { entries, requests } = await control("GET", "journal");
  if (requests < last) reset();
  tell("state", "live");
  for (const each of entries.filter(({ number }) => number > last)) entry(each);
  last = Math.max(last, requests);
}

/** Follows the journal for as long as the page is open. */
export async function start() {
  for (;;) {
    try {
      await look();
      await follow();
    } catch {
      await look().catch(() => tell("state", "away"));
    }
    await new Promise((resolve) => { setTimeout(resolve, EVERY); });
    while (document.hidden) {
      await new Promise((resolve) => { document.addEventListener("visibilitychange", resolve, { once: true }); });
    }
  }
}
