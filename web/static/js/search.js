// Shows what is found while one types. Without it the form does the same when it is sent.
import { announce } from "./parts/announce.js";

const pause = 250; // ms without a key

const form = document.querySelector("[data-search]");
const field = form?.querySelector("input[type=search]");
let timer = 0;
let running = null;
let shown = form && address();

function address() {
  const params = new URLSearchParams(new FormData(form));
  for (const [name, value] of [...params]) if (!value.trim()) params.delete(name);
  const query = params.toString();
  return form.action + (query ? `?${query}` : "");
}

async function ask() {
  const wanted = address();
  const words = field.value.trim();
  if (wanted === shown || words.length === 1) return;
  shown = wanted;
  running?.abort();
  running = new AbortController();
  const old = document.getElementById("results");
  old.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(wanted, { headers: { "Halqa-Part": "results" }, credentials: "same-origin", signal: running.signal });
    if (!answer.ok) throw new Error(answer.status);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("results");
    if (!fresh || wanted !== shown) return;
    old.replaceWith(document.importNode(fresh, true));
    history.replaceState(null, "", wanted);
    if (fresh.dataset.announce) announce(fresh.dataset.announce);
  } catch (problem) {
    if (problem.name === "AbortError") return;
    shown = ""; // offline: the next key asks again, and sending the form works as well
    old.removeAttribute("aria-busy");
  }
}

form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(ask, pause);
});
form?.addEventListener("change", (e) => { if (e.target !== field) { clearTimeout(timer); ask(); } });
