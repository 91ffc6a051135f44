// Keeps what was played until the server has it: in the browser's database, under a name of this page's own so that two pages
// never overwrite each other. Any page of the same person, or the service worker, sends what another one left.
import { union } from "./intervals.js";
import { change, get } from "./store.js";
import { again, flush, onQueue, reportOf, waiting } from "./queue.js";

const first = 2000, longest = 60000; // ms between two attempts

export class Outbox {
  // tell hears the state of what waits, heard what the server counted of this lesson.
  constructor({ person, module, lesson, track, session, title, token, tell, heard }) {
    Object.assign(this, { person, module, lesson, track, session, title, token, tell, heard });
    this.id = ["played", person, lesson, track, Math.random().toString(36).slice(2)].join(":");
    this.unsent = []; // of this page, for when it is left: there is no time then to read a database
    this.rev = 0;
    this.wait = first;
    this.written = Promise.resolve();
    window.addEventListener("online", () => { this.wait = first; this.send(false); });
    onQueue((news) => {
      if (news.type === "state" && news.person === person) tell(news.state);
      if (news.type !== "sent") return;
      if (news.item.id === this.id && news.item.rev === this.rev) this.unsent = [];
      if (news.item.person === person && news.item.lesson === lesson && news.answer) heard(news.answer);
    });
  }

  add(intervals, position) {
    if (!intervals.length) return;
    const rev = ++this.rev;
    this.position = position;
    this.unsent = union(this.unsent, intervals);
    this.written = change("queue", this.id, (kept) => ({
      id: this.id, person: this.person, kind: "played", title: this.title, at: kept ? kept.at : Date.now(), rev,
      module: this.module, lesson: this.lesson, path: `/lessons/${this.lesson}/played`,
      report: { ...this.named(kept?.report.session), intervals: union(kept ? kept.report.intervals : [], intervals), position },
    })).catch(() => {});
  }

  // send sends everything that waits. When the page is being left there is no waiting for answers: what was sent stays in the
  // database and goes once more.
  async send(leaving) {
    if (leaving) { this.leave(); return; }
    clearTimeout(this.timer);
    await this.written;
    if (!(await waiting(this.person)).length) return;
    if (again(await flush(this.person, this.token()))) this.retry();
    else this.wait = first;
  }

  leave() {
    if (!this.unsent.length || navigator.onLine === false) return;
    fetch(`/lessons/${this.lesson}/played`, {
      method: "POST", keepalive: true, credentials: "same-origin",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": this.token() },
      body: JSON.stringify(reportOf({ ...this.named(), intervals: this.unsent, position: this.position })),
    }).catch(() => {});
  }

  // named is how a report begins.
  named(session = this.session) {
    return { session, track: Number(this.track), client: this.id.split(":").pop() };
  }

  // begin sends what an earlier visit couldn't. What the service worker sent while this page was on its way is told by what it heard:
  // the page doesn't know of it.
  async begin(known) {
    await this.send(false);
    const last = await get("meta", "heard:" + this.lesson);
    if (last?.person !== this.person || Date.now() - last.at > 60000 || last.answer.percent <= known()) return;
    this.heard(last.answer);
    this.tell("saved");
  }

  retry() {
    this.timer = setTimeout(() => this.send(false), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(this.wait * 2, longest);
  }
}
