// What waits to be sent: stretches really played, readings confirmed, answers, questions. Each belongs to one person and is
// only sent while that person is signed in: the token of a form fits one session alone, and whose session it is is asked
// whenever a token is refused. Sending twice does no harm: played seconds are a union, forms carry a nonce.
//
// Pages and the service worker send by turns, under one lock, and tell each other what became of it.
import { all, change, put, drop } from "./store.js";

const most = 500; // intervals in one report
const together = 20; // reports in one request
const longest = 120000; // ms that the server is believed to need before it takes something
const listeners = new Set();
const channel = "BroadcastChannel" in self ? new BroadcastChannel("halqa-queue") : null;
if (channel) channel.onmessage = (m) => listeners.forEach((hear) => hear(m.data));

// onQueue hears { type: "changed" }, { type: "sent", item, answer } and { type: "state", person, state }, where the state is
// saved (all of it), waiting (for the network), early (the server takes it later) or signin.
export function onQueue(hear) { listeners.add(hear); }

function say(news) {
  listeners.forEach((hear) => hear(news));
  if (channel) channel.postMessage(news);
}

// waiting is what a person has to send, the oldest first.
export async function waiting(person) {
  return (await all("queue")).filter((item) => item.person === person).sort((a, b) => a.at - b.at);
}

// addForm keeps a form that couldn't be sent.
export async function addForm(item) {
  await put("queue", item.id, { ...item, at: Date.now() });
  wakeLater();
  say({ type: "changed" });
}

export async function forget(id) {
  await drop("queue", id);
  say({ type: "changed" });
}

// whoami asks the server who is signed in, and for a token of that session; null when it doesn't answer.
export async function whoami() {
  const answer = await fetch("/me", { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" }).catch(() => null);
  const me = answer && answer.ok ? await answer.json().catch(() => null) : null;
  return me && { person: String(me.person), token: me.token };
}

// again tells whether what waits is to be sent again by itself.
export const again = (state) => state === "waiting" || state === "early";

// flush sends what waits for a person, in order. It returns saved, waiting, early or signin.
export function flush(person, token) {
  const turn = async () => {
    const state = await sendAll(person, token).catch(() => "waiting");
    if (again(state)) wakeLater();
    say({ type: "state", person, state });
    return state;
  };
  return self.navigator.locks ? self.navigator.locks.request("halqa-queue", turn) : turn();
}

// wakeLater has the browser wake the service worker when the network is back, even without a page, where it can.
async function wakeLater() {
  try {
    const worker = self.registration || (await navigator.serviceWorker.getRegistration());
    await worker.sync.register("halqa-queue");
  } catch { /* the next page sends */ }
}

async function sendAll(person, token) {
  let state = "saved";
  const items = (await waiting(person)).filter((item) => !item.refused), told = new Map();
  for (const [n, item] of items.entries()) {
    if (isEarly(item)) { state = "early"; continue; }
    if (item.report && token && !told.has(item.id)) await askTogether(items.slice(n), token, told);
    let answer = told.get(item.id) || (token ? await post(item, token) : { verdict: "stale" });
    if (answer.verdict === "stale") {
      const me = await whoami();
      if (!me) return "waiting";
      if (me.person !== person) return "signin";
      token = me.token;
      answer = await post(item, token);
      if (answer.verdict === "stale") answer.verdict = "refused"; // the session is right: they may not, any more
    }
    if (answer.verdict === "session") answer = await underAnother(item, token);
    if (answer.verdict === "away") return "waiting";
    if (answer.verdict === "later") { state = await postpone(item, answer.said); continue; }
    await settle(item, answer);
  }
  return state;
}

// isEarly tells whether the server said a moment ago that it takes something later. Clocks are set, so nothing waits long for one.
const isEarly = ({ why, after }) => why === "early" && after > Date.now() && after < Date.now() + longest;

// postpone notes why the server doesn't take something yet, for the lists that show it, and until when.
async function postpone(item, said) {
  const why = said?.reason === "too_early" ? "early" : "";
  const after = Date.now() + Math.min(1000 * (said?.retryAfter || 0), longest / 2);
  await change("queue", item.id, (now) => now && { ...now, why, after });
  return why || "waiting";
}

function post(item, token) {
  return item.report ? ask(item.path, token, "application/json", JSON.stringify(reportOf(item.report)))
    : ask(item.path, token, "application/x-www-form-urlencoded", new URLSearchParams(item.fields));
}

async function ask(path, token, type, body) {
  return judge(await fetch(path, {
    method: "POST", credentials: "same-origin", redirect: "manual", body,
    headers: { "Content-Type": type, Accept: "application/json", "X-CSRF-Token": token },
  }).catch(() => null));
}

// askTogether sends the next reports in one request, since over a slow network every request waits, and notes what is told of each.
// What isn't told is asked one by one.
async function askTogether(items, token, told) {
  const some = items.filter((item) => item.report && !isEarly(item)).slice(0, together);
  if (some.length < 2) return;
  const { verdict, said } = await ask("/played", token, "application/json", JSON.stringify({ reports: some.map((item) => reportOf(item.report)) }));
  if (verdict === "saved") said.answers.forEach((one, n) => told.set(some[n].id, { verdict: verdictOf(one.status, one), said: one }));
}

// underAnother opens a playing session for a report whose own is no longer known, and sends it under that.
async function underAnother(item, token) {
  const opened = await ask(`/modules/${item.module}/sessions`, token, "application/json", "{}");
  if (opened.verdict !== "saved") return { ...opened, verdict: opened.verdict === "refused" ? "refused" : "away" };
  item.report.session = opened.said.session;
  await change("queue", item.id, (now) => now && { ...now, report: { ...now.report, session: item.report.session } });
  const answer = await post(item, token);
  return answer.verdict === "session" ? { verdict: "later" } : answer;
}

// judge says what an answer means: saved, stale (the token is of another session), session (the playing session isn't known),
// away (try again), later (not yet: go on with the others) or refused (never). web/playing.go tells of these answers.
async function judge(answer) {
  if (!answer || answer.status >= 500) return { verdict: "away" };
  if (answer.type === "opaqueredirect") return { verdict: "saved" };
  const said = await answer.json().catch(() => null);
  if (said) said.retryAfter ??= Number(answer.headers.get("Retry-After"));
  return { verdict: verdictOf(answer.status, said), said };
}

function verdictOf(status, said) {
  if (status >= 500) return "away";
  if (status < 300) return said ? "saved" : "away";
  if (status === 401 || status === 403) return "stale";
  if (status === 429) return said?.reason === "too_early" ? "later" : "away";
  if (status === 409) return said?.reason === "session" ? "session" : "later";
  return "refused";
}

// reportOf is what of a report fits in one request.
export function reportOf(report) {
  return { ...report, intervals: report.intervals.slice(0, most), position: Math.max(report.position, 0) };
}

// settle drops what the server has, unless more was added meanwhile: the union is sent again. What was refused stays, and
// says so, until its owner throws it away.
async function settle(item, { verdict, said }) {
  await change("queue", item.id, (now) => {
    if (!now) return undefined;
    if (verdict === "refused") return { ...now, refused: (said && said.detail) || "" };
    if (now.rev === item.rev) { // else more was added meanwhile, and goes once more
      const left = now.report ? now.report.intervals.slice(most) : [];
      return left.length ? { ...now, report: { ...now.report, intervals: left } } : undefined;
    }
    return now;
  });
  if (verdict === "saved" && item.report) await put("meta", "heard:" + item.lesson, { person: item.person, at: Date.now(), answer: said });
  say(verdict === "saved" ? { type: "sent", item, answer: said } : { type: "changed" });
}
