// Replaces the live parts of a page by fresh ones: the page is fetched again and its elements are taken by id.
//
//   <section id="gate" data-live="seminar:12 registrations" data-announce="You may register">
//
// data-live lists the subjects that the element depends on. When the new element carries a data-announce that differs from
// the old one's, it is said to screen readers.
import { announce } from "./announce.js";

let running = null, again = false;

export function refresh(subjects) {
  const wanted = (el) => !subjects || el.dataset.live.split(" ").some((s) => subjects.includes(s));
  if (![...document.querySelectorAll("[data-live][id]")].some(wanted)) return Promise.resolve();
  if (running) { again = true; return running; }
  running = fetchAndReplace(wanted).finally(() => {
    running = null;
    if (again) { again = false; refresh(); }
  });
  return running;
}

async function fetchAndReplace(wanted) {
  const here = location.href;
  const answer = await fetch(here, { headers: { "Halqa-Fragment": "1", Accept: "text/html" }, credentials: "same-origin" }).catch(() => null);
  if (!answer || !answer.ok || answer.redirected || here !== location.href) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-live][id]")) {
    const next = wanted(old) && fresh.getElementById(old.id);
    if (!next || next.isEqualNode(old) || busy(old)) continue;
    replace(old, document.importNode(next, true));
  }
}

// A part where somebody is writing is left as it is.
function busy(el) {
  const active = document.activeElement;
  return el.contains(active) && active.matches("input:not([type=checkbox],[type=radio]), textarea, select");
}

// What somebody chose and hasn't sent yet stays chosen.
function keepChosen(old, next) {
  for (const was of old.querySelectorAll("input[type=radio], input[type=checkbox]")) {
    if (was.checked === was.defaultChecked) continue;
    const now = [...next.querySelectorAll("input")].find((i) => i.type === was.type && i.name === was.name && i.value === was.value);
    if (now) now.checked = was.checked;
  }
}

function replace(old, next) {
  keepChosen(old, next);
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  const place = active && [...old.querySelectorAll("a, button, summary, input")].indexOf(active);
  old.replaceWith(next);
  if (active) {
    const same = active.id && document.getElementById(active.id);
    const heir = same || next.querySelectorAll("a, button, summary, input")[place] || next;
    if (heir === next) next.tabIndex = -1;
    heir.focus({ preventScroll: true });
  }
  if (next.dataset.announce && next.dataset.announce !== old.dataset.announce) announce(next.dataset.announce);
  document.dispatchEvent(new CustomEvent("halqa:replaced", { detail: next }));
}
