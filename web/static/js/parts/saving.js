// The box of a module's page that keeps it on this phone: how much it weighs and how much room there is, then how far it is,
// then the way to remove it.
import { announce } from "./announce.js";
import { find, remove, save } from "./saved.js";
import { size } from "./units.js";

const box = document.getElementById("saving");
const part = (name) => box.querySelector(`[data-part=${name}]`);
let stopped = ""; // the address of what the network interrupted

export async function startSaving() {
  if (!box || !("serviceWorker" in navigator) || !("caches" in self)) return;
  box.hidden = false;
  box.addEventListener("click", (e) => {
    const button = e.target.closest("button");
    if (button?.dataset.pack) keep(button.dataset.pack);
    if (button && "remove" in button.dataset) take();
  });
  window.addEventListener("online", () => { if (stopped) keep(stopped); });
  await show();
}

async function show() {
  const { person, module } = box.dataset;
  const kept = await find(person, module).catch(() => null);
  box.dataset.state = kept ? (kept.complete ? "kept" : "partly") : "none";
  part("kept").hidden = !kept;
  part("offer").hidden = !!kept && kept.complete;
  if (kept) part("kept-size").textContent = size(kept.bytes);
  part("whole").hidden = !kept?.complete;
  part("broken").hidden = !kept || kept.complete || !part("problem").hidden;
  const room = await navigator.storage?.estimate?.().catch(() => null);
  if (room) part("room").textContent = box.dataset.room.replace("%", size(Math.max(room.quota - room.usage, 0)));
  part("lasting").textContent = kept && navigator.storage?.persisted ? ((await navigator.storage.persisted()) ? box.dataset.lasting : box.dataset.passing) : "";
}

async function keep(address) {
  const meter = part("meter"), bar = meter.querySelector("progress"), text = meter.querySelector("span");
  stopped = "";
  const state = box.querySelector(".state");
  state.style.minBlockSize = `max(${state.offsetHeight}px, 15rem)`; // what is below stays where it is, however it ends
  part("problem").hidden = true;
  part("offer").hidden = true;
  meter.hidden = false;
  box.setAttribute("aria-busy", "true");
  announce(box.dataset.saving);
  try {
    await navigator.storage?.persist?.().catch(() => false);
    const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    const pack = await answer.json();
    await save(pack, (bytes) => {
      bar.value = (100 * bytes) / pack.bytes;
      text.textContent = `${size(bytes)} / ${size(pack.bytes)}`;
    });
    announce(box.dataset.done);
  } catch (problem) {
    const full = problem.name === "QuotaExceededError";
    if (!full) stopped = address;
    part("problem").textContent = full ? box.dataset.full : box.dataset.failed;
    part("problem").hidden = false;
  }
  meter.hidden = true;
  box.removeAttribute("aria-busy");
  await show();
}

async function take() {
  await remove(box.dataset.person, box.dataset.module);
  announce(box.dataset.removed);
  await show();
  part("offer").querySelector("button").focus();
}
