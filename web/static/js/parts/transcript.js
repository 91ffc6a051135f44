// The transcript: it follows the film, a sentence that is pressed is played, and one may search in it without minding accents.
import { fold } from "./fold.js";

const box = document.getElementById("transcript");
const said = document.getElementById("said");
const cues = [...document.querySelectorAll("#said [data-from]")];
const from = cues.map((c) => Number(c.dataset.from));
let now = -1, touched = 0;

export function startTranscript(seek) {
  if (!box) return;
  said.classList.add("ready");
  said.addEventListener("click", (e) => {
    const cue = e.target.closest("[data-from]");
    if (cue && getSelection().isCollapsed) seek(Number(cue.dataset.from) / 1000);
  });
  for (const event of ["wheel", "touchmove", "keydown"]) said.addEventListener(event, () => { touched = Date.now(); }, { passive: true });
  startSearch(seek);
}

// followTranscript marks the sentence being said and, unless somebody is reading elsewhere, brings it into the box.
export function followTranscript(ms) {
  if (!box?.open) return;
  let next = -1;
  while (next + 1 < from.length && from[next + 1] <= ms + 1) next++;
  if (next === now) return;
  cues[now]?.classList.remove("now");
  cues[next]?.classList.add("now");
  now = next;
  if (next >= 0 && Date.now() - touched > 8000) bring(cues[next]);
}

function bring(cue) {
  const at = cue.getBoundingClientRect(), frame = said.getBoundingClientRect();
  if (at.top < frame.top || at.bottom > frame.bottom - 40) said.scrollTop += at.top - frame.top - frame.height / 3;
}

// startSearch finds words, even across sentences; Enter goes from one place to the next and plays it.
function startSearch(seek) {
  const bar = document.getElementById("seek"), field = bar.querySelector("input"), told = bar.querySelector("[role=status]");
  const whole = [], owner = [];
  cues.forEach((cue, n) => { for (const c of fold(cue.textContent.trim()) + " ") { whole.push(c); owner.push(n); } });
  const text = whole.join("");
  let places = [], at = -1;
  bar.hidden = false;

  const show = () => {
    cues.forEach((c) => c.classList.remove("found", "here"));
    const words = fold(field.value).trim();
    places = words ? find(text, words) : [];
    for (const [start, end] of places) for (let i = start; i < end; i++) cues[owner[i]].classList.add("found");
    at = -1;
    told.textContent = !words ? "" : places.length ? "" : bar.dataset.none;
    if (places.length) go(1);
  };
  const go = (step) => {
    cues[owner[places[at]?.[0]]]?.classList.remove("here");
    at = (at + step + places.length) % places.length;
    const cue = cues[owner[places[at][0]]];
    cue.classList.add("here");
    touched = Date.now();
    bring(cue);
    told.textContent = bar.dataset.found.replace("%1", at + 1).replace("%2", places.length);
    return cue;
  };
  field.addEventListener("input", show);
  field.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || !places.length) return;
    e.preventDefault();
    if (e.ctrlKey) seek(Number(cues[owner[places[at][0]]].dataset.from) / 1000);
    else go(e.shiftKey ? -1 : 1);
  });
}

function find(text, words) {
  const places = [];
  for (let i = text.indexOf(words); i >= 0; i = text.indexOf(words, i + words.length)) places.push([i, i + words.length]);
  return places;
}
