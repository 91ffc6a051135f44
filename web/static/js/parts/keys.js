// The keyboard of the player: views/lesson.go lists these keys in the page's help. Keys pressed in a field, on a button or with
// Ctrl, Alt or ⌘ are none of ours, and Space is only where nothing else would be pressed with it.
const writing = "input, textarea, select, [contenteditable]", pressing = "a, button, summary, label, audio";

export function startKeys(film, seek) {
  document.getElementById("keys").hidden = false;
  const move = (by) => () => seek(Math.min(Math.max(film.currentTime + by, 0), film.duration || Infinity), film.paused);
  const toggle = () => (film.paused ? film.play().catch(() => {}) : film.pause());
  const deeds = {
    " ": toggle, k: toggle, j: move(-10), l: move(10), arrowleft: move(-5), arrowright: move(5),
    c: () => captions(film), m: () => { film.muted = !film.muted; }, "<": () => speed(-1), ">": () => speed(1),
  };
  document.addEventListener("keydown", (e) => {
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || e.target.closest(writing)) return;
    if (document.querySelector("dialog[open]") || (e.key === " " && e.target.closest(pressing))) return;
    if (e.key.startsWith("Arrow") && e.target.closest("#said, [role=toolbar]")) return;
    const deed = deeds[letter(e)];
    if (!deed) return;
    e.preventDefault();
    deed();
  });
}

// letter is the key's letter or, on an Arabic keyboard, the Latin one drawn beside it.
function letter(e) {
  const key = e.key.toLowerCase();
  return /^[\u0600-\u06ff]/.test(key) && e.code.startsWith("Key") ? e.code.slice(3).toLowerCase() : key;
}

function captions(film) {
  const track = film.textTracks[0];
  if (track) track.mode = track.mode === "showing" ? "disabled" : "showing";
}

function speed(step) {
  const menu = document.querySelector("#speed select");
  menu.selectedIndex = Math.min(Math.max(menu.selectedIndex + step, 0), menu.options.length - 1);
  menu.dispatchEvent(new Event("change"));
}
