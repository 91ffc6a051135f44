// One stream of events per browser, shared by its tabs. A lock elects the tab that holds it; it passes on what it hears by a
// channel. A tab that hears nothing for long takes the lock over. Without locks or channels each tab has its own stream.
//
// Every event is dispatched on the document as halqa:<name>, with its data as detail. "changed" also refreshes the page's
// live parts (see refresh.js), and so does every return of the stream: what happened meanwhile is in the page. What changes
// while a page loads isn't lost either: the server replays it to a new stream, and the tab that holds one to a new tab.
import { refresh } from "./refresh.js";

const quiet = 40000; // ms without a beat (the server sends one every 12 s) before the stream is thought dead

const memory = 60000; // ms for which changes are kept for other tabs

let url, channel, source, last = Date.now(), wait = 1000, opened = false, recent = [];

export function startLive() {
  url = document.body.dataset.stream;
  if (!url || !window.EventSource) return;
  const shared = navigator.locks && window.BroadcastChannel;
  if (!shared) { open(); return; }
  channel = new BroadcastChannel("halqa-live");
  channel.onmessage = (m) => (m.data.ask ? repeat(m.data.ask) : hear(m.data.name, m.data.detail));
  channel.postMessage({ ask: performance.timeOrigin });
  lead(false);
  setInterval(() => {
    if (document.visibilityState === "visible" && Date.now() - last > quiet) { last = Date.now(); source ? reopen() : lead(true); }
  }, 5000);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && Date.now() - last > quiet) { last = Date.now(); source ? reopen() : lead(true); refresh(); }
  });
}

// lead waits for its turn to hold the stream, or takes it from a tab that fell asleep. It queues again after a pause when
// another tab took over: a page that is being left is refused at once, and would ask without end.
function lead(steal) {
  navigator.locks.request("halqa-live", steal ? { steal } : {}, () => {
    open();
    return new Promise(() => {}); // until the tab closes
  }).catch(() => { close(); setTimeout(lead, 1000, false); });
}

function open() {
  source = new EventSource(url + "?age=" + Math.round(performance.now()));
  const listened = new Set();
  source.onopen = () => {
    wait = 1000;
    last = Date.now();
    if (opened) { tell("changed", {}); }
    opened = true;
  };
  source.onerror = () => { // the browser tries again by itself, except after a refusal
    if (source && source.readyState === EventSource.CLOSED) reopen();
  };
  const listen = (name) => {
    if (listened.has(name)) return;
    listened.add(name);
    source.addEventListener(name, (e) => tell(name, parse(e.data)));
  };
  (document.body.dataset.events || "changed notification").split(" ").concat("beat").forEach(listen);
}

function close() {
  if (source) source.close();
  source = null;
}

function reopen() {
  close();
  setTimeout(() => { if (!source) open(); }, wait + Math.random() * 1000);
  wait = Math.min(wait * 2, 60000);
}

// repeat tells again, for a new tab, what was heard since its page was asked for.
function repeat(since) {
  if (!source) return;
  recent.filter((r) => r.at > since && r.name === "changed").forEach(({ name, detail }) => channel.postMessage({ name, detail }));
}

function tell(name, detail) {
  const now = Date.now();
  recent = recent.filter((r) => now - r.at < memory).concat({ name, detail, at: now });
  if (channel) channel.postMessage({ name, detail });
  hear(name, detail);
}

function hear(name, detail) {
  last = Date.now();
  if (name === "beat") return;
  document.dispatchEvent(new CustomEvent("halqa:" + name, { detail }));
  if (name !== "changed") return;
  const subjects = detail && detail.subjects;
  const everybody = detail && detail.everybody && !detail.few; // thousands hear it at once: spread their requests
  setTimeout(() => refresh(subjects), everybody ? Math.random() * 3000 : 0);
}

function parse(text) {
  try { return JSON.parse(text); } catch { return null; }
}
