// The list of what waits to be sent, on every page where something may: each thing by its name, and what will become of it.
import { get } from "./store.js";
import { again, flush, forget, onQueue, waiting, whoami } from "./queue.js";

const box = document.getElementById("waiting");
let person = "", state = "waiting", wait = 2000, timer = 0;

export const token = () => document.querySelector("meta[name=csrf-token]").content;

// startWaiting shows and sends what waits. Those of a lesson that its page speaks of itself are left out.
export async function startWaiting(spoken = "") {
  person = document.body.dataset.person || (await get("meta", "person").catch(() => "")) || "";
  if (!person) return;
  if (box) {
    onQueue((news) => {
      if (news.type === "state" && news.person === person) state = news.state;
      show(spoken);
    });
    box.addEventListener("click", (e) => { const id = e.target.closest("[data-forget]")?.dataset.forget; if (id) forget(id); });
    await show(spoken);
  }
  if (box) window.addEventListener("offline", () => show(spoken));
  window.addEventListener("online", () => { wait = 2000; renew(); send(); });
  if (navigator.onLine !== false) renew();
  send();
}

async function send() {
  clearTimeout(timer);
  if (!(await waiting(person)).some((item) => !item.refused)) return;
  if (!again(await flush(person, token()))) return;
  timer = setTimeout(send, wait * (0.75 + Math.random() / 2));
  wait = Math.min(wait * 2, 60000);
}

// renew gives the forms of a kept page tokens of the session that is open now.
async function renew() {
  if (!("kept" in document.body.dataset)) return;
  const me = await whoami();
  if (!me || me.person !== person) return;
  document.querySelector("meta[name=csrf-token]").content = me.token;
  for (const field of document.querySelectorAll("input[name=csrf]")) field.value = me.token;
}

async function show(spoken) {
  const items = (await waiting(person)).filter((item) => item.kind !== "played" || item.lesson !== spoken);
  const list = box.querySelector("ul");
  list.replaceChildren(...items.map(line));
  box.hidden = !items.length;
  box.querySelector("[data-signin]").hidden = state !== "signin";
}

// reason says that something will be sent, and what it waits for.
function reason(item) {
  if (navigator.onLine === false) return box.dataset.away;
  return item.why === "early" ? box.dataset.early : box.dataset.later;
}

function line(item) {
  const el = document.createElement("li"), name = document.createElement("b"), title = document.createElement("bdi"), what = document.createElement("span");
  name.textContent = box.dataset[item.kind];
  title.textContent = item.title;
  what.className = item.refused === undefined ? "quiet" : "warned";
  what.textContent = item.refused === undefined ? reason(item) : item.refused || box.dataset.refused;
  el.append(name, " ", title, " ", what);
  if (item.refused !== undefined) {
    if (item.body) { const body = document.createElement("p"); body.dir = "auto"; body.textContent = item.body; el.append(body); }
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "button quiet small", textContent: box.dataset.drop });
    button.dataset.forget = item.id;
    el.append(button);
  }
  return el;
}
