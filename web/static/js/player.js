// The lesson's player. The video plays without this; with it, what was really played is measured and sent, chapters, speed,
// transcript and keyboard work in place, and the page says what the server knows.
import { Meter } from "./parts/meter.js";
import { Outbox } from "./parts/outbox.js";
import { announce } from "./parts/announce.js";
import { refresh } from "./parts/refresh.js";
import { startKeys } from "./parts/keys.js";
import { followTranscript, startTranscript } from "./parts/transcript.js";
import { startAsking } from "./parts/asking.js";
import { startWaiting, token } from "./parts/waiting.js";

const box = document.getElementById("player");
const film = document.getElementById("film");
const every = 10000; // ms between two reports while playing

if (box && film) start();

function start() {
  const { person, module, lesson, track, session, title, duration } = box.dataset;
  const meter = new Meter(film, Number(duration));
  const outbox = new Outbox({ person, module, lesson, track, session, title, token, tell, heard });
  let sent = performance.now();

  const send = (leaving) => {
    sent = performance.now();
    outbox.add(meter.take(), Math.round(film.currentTime * 1000));
    keep("at:" + track, Math.round(film.currentTime * 1000));
    outbox.send(leaving);
  };
  film.addEventListener("timeupdate", () => {
    follow();
    if (!film.paused && performance.now() - sent >= every) send(false);
  });
  for (const event of ["pause", "ended"]) film.addEventListener(event, () => send(false));
  film.addEventListener("seeked", follow);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") send(true); });
  window.addEventListener("pagehide", () => send(true));
  film.addEventListener("click", pressed);
  startAgain(track);
  startCaptions();
  startSpeed();
  startChapters();
  startWindow();
  startTranscript(seek);
  startKeys(film, seek);
  startAsking(film, Number(duration), seek);
  startWaiting(lesson);
  outbox.begin(() => document.getElementById("lesson-progress").value);
}

// startAgain goes on, in a page kept on this phone, where somebody stopped on this phone: the page only knows of before.
function startAgain(track) {
  const at = Number(read("at:" + track));
  if ("kept" in document.body.dataset && at > 5000 && at < Number(box.dataset.duration) - 10000) seek(at / 1000, true);
}

// pressed plays a film whose picture was pressed before anything of it was loaded: Chromium's own controls don't. The
// browsers whose controls do have done it by then. What is pressed in the bar at the bottom is theirs alone.
function pressed(e) {
  if (film.readyState > 0 || e.offsetY > film.clientHeight - 80) return;
  setTimeout(() => { if (film.readyState === 0 && film.paused) film.play().catch(() => {}); }, 200);
}

// tell shows what became of the reports: saved, waiting, early or signin.
function tell(state) {
  const where = document.getElementById("sent");
  const text = where.dataset[state] || "";
  document.getElementById("sent-signin").hidden = state !== "signin";
  where.dataset.state = state;
  if (where.textContent !== text) where.textContent = text;
}

// heard shows what the server counted.
function heard(answer) {
  const bar = document.getElementById("lesson-progress");
  const percent = document.getElementById("lesson-percent");
  bar.value = answer.percent;
  percent.textContent = percent.textContent.replace(/\d+/, answer.percent);
  if (!answer.completed) return;
  const done = document.getElementById("finished");
  if (!done.hidden) return;
  done.hidden = false;
  announce(done.dataset.announce);
  refresh();
}

// startCaptions shows the captions when playing begins, unless they were put away before. Marked "default" in the page they
// would be downloaded by everybody who only looks at it.
function startCaptions() {
  const captions = film.textTracks[0];
  if (!captions) return;
  const show = () => {
    if (read("captions") !== "off") captions.mode = "showing";
    film.textTracks.addEventListener("change", () => keep("captions", captions.mode === "showing" ? "on" : "off"));
  };
  if (film.paused) film.addEventListener("play", show, { once: true });
  else show();
}

function startSpeed() {
  const label = document.getElementById("speed");
  const menu = label.querySelector("select");
  label.hidden = false;
  const kept = read("speed");
  if ([...menu.options].some((o) => o.value === kept)) menu.value = kept;
  const apply = () => { film.defaultPlaybackRate = film.playbackRate = Number(menu.value); };
  apply();
  menu.addEventListener("change", () => { apply(); keep("speed", menu.value); });
  film.addEventListener("loadedmetadata", apply);
}

// startWindow offers the film in a small window above the others, where the browser can and there is a picture.
function startWindow() {
  const button = document.getElementById("pip");
  if (!document.pictureInPictureEnabled || "sound" in box.dataset) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      if (document.pictureInPictureElement) return await document.exitPictureInPicture();
      if (film.readyState === 0) await film.play();
      await film.requestPictureInPicture();
    } catch { /* the browser wouldn't: the film stays where it is */ }
  });
}

function read(name) {
  try { return localStorage.getItem("player:" + name); } catch { return null; }
}

function keep(name, value) {
  try { localStorage.setItem("player:" + name, value); } catch { /* private mode: only this page remembers */ }
}

const chapterLinks = [...document.querySelectorAll("#chapters a")];

// startChapters makes links seek in place, and makes the links to other languages and forms keep the place.
function startChapters() {
  document.addEventListener("click", (e) => {
    const link = e.target.closest("a[data-seek]");
    if (link && !e.ctrlKey && !e.metaKey && !e.shiftKey) {
      e.preventDefault();
      seek(Number(link.dataset.seek) / 1000);
      return;
    }
    const way = e.target.closest("a[data-keep]");
    if (way) way.href = stay(way);
  });
}

function seek(seconds, quietly) {
  const go = () => { film.currentTime = seconds; };
  if (film.readyState > 0) go();
  else film.addEventListener("loadedmetadata", go, { once: true });
  if (quietly) return;
  film.scrollIntoView({ block: "nearest" });
  film.play().catch(() => {}); // the browser wants a touch on the video itself: it is there
}

// stay is where a link to another form leads, at the moment now played; in another language, at the chapter now played.
function stay(way) {
  const url = new URL(way.href);
  if (film.readyState === 0) return way.href;
  if (way.dataset.keep === "moment") url.searchParams.set("at", Math.round(film.currentTime * 1000));
  else url.searchParams.set("chapter", chapterAt(film.currentTime * 1000) + 1);
  return url.href;
}

// chapterAt is the index of the chapter of a moment; -1 before the first.
function chapterAt(ms) {
  return chapterLinks.filter((a) => Number(a.dataset.seek) <= ms + 1).length - 1;
}

// follow highlights the chapter and the sentence being played.
function follow() {
  const ms = film.currentTime * 1000;
  const chapter = chapterLinks[chapterAt(ms)];
  for (const a of chapterLinks) {
    if (a === chapter) { if (!a.hasAttribute("aria-current")) a.setAttribute("aria-current", "true"); }
    else a.removeAttribute("aria-current");
  }
  followTranscript(ms);
}
