// Keeps what was played until the server has it: in this browser's storage, by person, lesson and track, under a name of
// this tab's own so that tabs never overwrite each other. Any tab of the same person sends what another one left.
// Sending twice does no harm: the server keeps the union.
import { union } from "./intervals.js";

const prefix = "played:";
const most = 500; // intervals in one report
const first = 2000, longest = 60000; // ms between two attempts

export class Outbox {
  constructor({ person, lesson, track, tell, heard }) {
    Object.assign(this, { person, lesson, track, tell, heard });
    this.key = [prefix + person, lesson, track, Math.random().toString(36).slice(2)].join(":");
    this.memory = {}; // where storage is refused
    this.wait = first;
    this.busy = false;
    window.addEventListener("online", () => { this.wait = first; this.send(false); });
  }

  add(intervals, position) {
    if (!intervals.length) return;
    const kept = this.read(this.key);
    this.write(this.key, { intervals: union(kept ? kept.intervals : [], intervals), position });
  }

  read(key) {
    try { return JSON.parse(localStorage.getItem(key) || "null") || this.memory[key] || null; } catch { return this.memory[key] || null; }
  }

  write(key, value) {
    this.memory[key] = value;
    try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or refused: memory holds it */ }
  }

  // forget drops what the server has, unless more was added meanwhile. What didn't fit in one report stays.
  forget(key, sent) {
    if (JSON.stringify(this.read(key)) !== sent) return;
    const { intervals, position } = JSON.parse(sent);
    if (intervals.length > most) { this.write(key, { intervals: intervals.slice(most), position }); return; }
    delete this.memory[key];
    try { localStorage.removeItem(key); } catch { /* nothing was there */ }
  }

  waiting() {
    const keys = new Set(Object.keys(this.memory));
    try { for (const key of Object.keys(localStorage)) if (key.startsWith(prefix + this.person + ":")) keys.add(key); } catch { /* only memory */ }
    return [...keys];
  }

  // send sends everything that waits. When the page is being left there is no waiting for answers.
  async send(leaving) {
    if (leaving) { this.waiting().forEach((key) => this.post(key, true)); return; }
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      for (const key of this.waiting()) {
        const verdict = await this.post(key, false);
        if (verdict === "again") { this.tell("waiting"); this.retry(); return; }
        if (verdict === "signin") { this.tell("signin"); return; }
        this.tell(verdict);
        this.wait = first;
      }
      if (this.waiting().length) this.retry();
    } finally { this.busy = false; }
  }

  retry() {
    this.timer = setTimeout(() => this.send(false), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(this.wait * 2, longest);
  }

  // post sends one entry and says what became of it: saved, refused (never to be sent again), again or signin.
  async post(key, leaving) {
    const kept = this.read(key);
    if (!kept) return "saved";
    const raw = JSON.stringify(kept);
    const [, lesson, track] = key.slice(prefix.length).split(":");
    const answer = await fetch(`/lessons/${lesson}/played`, {
      method: "POST", keepalive: leaving, credentials: "same-origin",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": document.querySelector("meta[name=csrf-token]").content },
      body: JSON.stringify({ track: Number(track), client: key.split(":").pop(), intervals: kept.intervals.slice(0, most), position: Math.max(kept.position, 0) }),
    }).catch(() => null);
    if (!answer || answer.status === 429 || answer.status >= 500) return "again";
    if (answer.status === 401 || answer.status === 403) return "signin";
    if (!answer.ok) { this.forget(key, raw); return "refused"; }
    const said = await answer.json().catch(() => null);
    if (!said) return "again";
    this.forget(key, raw);
    if (lesson === this.lesson) this.heard(said);
    return "saved";
  }
}
