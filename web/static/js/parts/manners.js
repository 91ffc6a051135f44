// Small manners: menus that close, dialogs that open, the way back, and a bar that says when the network is away.
import { announce } from "./announce.js";

export function startManners() {
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", (e) => { if (e.key === "Escape") closePops(); });
  const tab = document.querySelector(".tabs [aria-current]"), tabs = tab?.closest(".tabs");
  if (tabs) tabs.scrollLeft += tab.getBoundingClientRect().left - tabs.getBoundingClientRect().left - (tabs.clientWidth - tab.offsetWidth) / 2;
  for (const b of document.querySelectorAll("[data-back]")) if (history.length > 1) b.hidden = false;
  document.addEventListener("change", (e) => { if (e.target.matches(".picker input")) namePicked(e.target); });
  window.addEventListener("pageshow", () => document.querySelectorAll(".picker input").forEach(namePicked));
  window.addEventListener("offline", () => bar(document.body.dataset.offline, true));
  window.addEventListener("online", () => bar(document.body.dataset.online, false));
  if (navigator.onLine === false) bar(document.body.dataset.offline, true);
}

function namePicked(input) {
  const name = input.nextElementSibling.querySelector("bdi");
  name.textContent = [...input.files].map((f) => f.name).join(", ") || name.dataset.none;
}

function onClick(e) {
  closePops(e.target.closest("[data-pop]"));
  const button = e.target.closest("[data-open], [data-close], [data-back], [data-print]");
  if (!button) return;
  if (button.dataset.open) document.getElementById(button.dataset.open)?.showModal();
  if ("close" in button.dataset) button.closest("dialog")?.close();
  if ("back" in button.dataset) history.back();
  if ("print" in button.dataset) window.print();
}

function closePops(except) {
  for (const pop of document.querySelectorAll("[data-pop][open]")) {
    if (pop === except) continue;
    const inside = pop.contains(document.activeElement);
    pop.open = false;
    if (inside && !except) pop.querySelector("summary").focus();
  }
}

function bar(text, stays) {
  document.querySelector(".netbar")?.remove();
  const el = document.createElement("div");
  el.className = "netbar";
  el.textContent = text;
  document.querySelector(".top").append(el); // within a landmark
  announce(text);
  if (!stays) setTimeout(() => el.remove(), 4000);
}
