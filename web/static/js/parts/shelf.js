// The page of what is kept on this phone. When another page was asked for and can't be had, this one stands in for it.
import { announce } from "./announce.js";
import { get } from "./store.js";
import { list, remove } from "./saved.js";
import { size } from "./units.js";

const shelf = document.getElementById("shelf");

export async function startShelf() {
  if (!shelf) return;
  if (location.pathname !== "/saved") document.getElementById("instead").hidden = false;
  document.getElementById("retry")?.addEventListener("click", () => location.reload());
  shelf.addEventListener("click", async (e) => {
    const button = e.target.closest("[data-remove]");
    if (!button) return;
    const [person, module] = button.dataset.remove.split(":");
    await remove(person, module);
    announce(shelf.dataset.removed);
    await show();
    document.getElementById("main").focus();
  });
  await show();
}

async function show() {
  const person = document.body.dataset.person || (await get("meta", "person").catch(() => "")) || "";
  const kept = person && "caches" in self ? await list(person).catch(() => []) : [];
  const model = shelf.querySelector("template").content;
  shelf.querySelector("ul").replaceChildren(...kept.map((entry) => card(model, entry)));
  shelf.querySelector("[data-none]").hidden = kept.length > 0;
  const room = await navigator.storage?.estimate?.().catch(() => null);
  const total = kept.reduce((sum, entry) => sum + entry.bytes, 0);
  document.getElementById("room").textContent = room && kept.length
    ? shelf.dataset.room.replace("%1", size(total)).replace("%2", size(Math.max(room.quota - room.usage, 0))) : "";
}

function card(model, entry) {
  const el = model.cloneNode(true), set = (name, text) => { el.querySelector(`[data-${name}]`).textContent = text; };
  const link = el.querySelector("a");
  link.href = entry.pages[0].split("?")[0];
  link.firstElementChild.textContent = entry.title;
  link.firstElementChild.lang = entry.lang;
  set("space", entry.space);
  set("form", entry.audio ? shelf.dataset.audio : shelf.dataset.video);
  set("size", size(entry.bytes));
  el.querySelector("[data-partly]").hidden = entry.complete;
  el.querySelector("button").dataset.remove = `${entry.person}:${entry.module}`;
  return el;
}
