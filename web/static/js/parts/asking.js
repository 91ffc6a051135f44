// Asking at a moment: the form carries the second being played, until somebody begins to write; the questions of others are
// marked along the film.
export function startAsking(film, duration, seek) {
  const box = document.getElementById("ask"), second = box.querySelector("[name=second]"), label = document.getElementById("ask-label");
  const shown = (s) => `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
  const pin = () => {
    const now = Math.floor(film.currentTime);
    if (box.open || film.readyState === 0) return;
    label.textContent = label.textContent.replace(/\d+(:\d\d)+/, shown(now));
    second.value = now;
  };
  film.addEventListener("timeupdate", pin);
  film.addEventListener("seeked", pin);
  box.addEventListener("toggle", () => { if (box.open && !film.paused) film.pause(); });
  startMarks(duration, seek);
}

function startMarks(duration, seek) {
  const line = document.getElementById("timeline");
  if (!line) return;
  for (const mark of line.querySelectorAll("[data-at]")) {
    mark.style.setProperty("inset-inline-start", `${Math.min((100 * mark.dataset.at) / duration, 100)}%`);
    mark.addEventListener("click", () => seek(mark.dataset.at / 1000));
  }
  line.hidden = false;
}
