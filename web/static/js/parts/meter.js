// Measures what a media element really plays, in milliseconds of the medium: only while it plays, never across a seek.
import { union } from "./intervals.js";

const slack = 0.75; // seconds that the clock may run ahead of what the rate explains, before it counts as a jump

export class Meter {
  constructor(media, duration) {
    this.media = media;
    this.duration = duration; // ms
    this.played = [];
    this.from = this.last = this.clock = null; // of the stretch now playing: its start and end, in seconds, and when that was
    this.edge = -Infinity; // where the stretch counted last ended, in ms
    for (const event of ["playing", "ratechange", "seeked"]) media.addEventListener(event, () => this.begin());
    for (const event of ["seeking", "waiting", "emptied", "error"]) media.addEventListener(event, () => this.end());
    media.addEventListener("timeupdate", () => this.advance());
    media.addEventListener("pause", () => { this.advance(); this.end(); });
    media.addEventListener("ended", () => this.finish());
    this.before();
  }

  // before counts what was played before this script arrived: the browser kept it.
  before() {
    const past = this.media.played;
    for (let i = 0; i < past.length; i++) this.add(past.start(i), past.end(i));
    this.begin();
  }

  begin() {
    this.advance();
    this.end();
    if (this.media.paused || this.media.seeking || this.media.readyState < 3) return;
    this.from = this.last = this.media.currentTime;
    this.clock = performance.now();
  }

  advance() {
    if (this.from === null || this.media.seeking) return;
    const now = this.media.currentTime, clock = performance.now();
    const possible = ((clock - this.clock) / 1000) * this.media.playbackRate * 1.5 + slack;
    if (now < this.last || now - this.last > possible) { // a jump that no event announced
      this.end();
      this.from = now;
    }
    this.last = now;
    this.clock = clock;
  }

  end() {
    if (this.from !== null) this.add(this.from, this.last);
    this.from = null;
  }

  // finish counts the last moments too: the renditions of a track differ by some milliseconds at their end.
  finish() {
    const tail = this.media.duration * 1000;
    this.advance();
    this.end();
    if (Math.abs(tail - this.duration) < 1500 && tail - this.edge < 500) this.played = union(this.played, [[this.edge, this.duration]]);
  }

  add(from, to) {
    this.edge = Math.round(to * 1000);
    this.played = union(this.played, [[Math.round(from * 1000), this.edge]]);
  }

  // take returns what was played since the last call.
  take() {
    this.advance();
    if (this.from !== null) {
      this.add(this.from, this.last);
      this.from = this.last;
    }
    const played = this.played;
    this.played = [];
    return played;
  }
}
