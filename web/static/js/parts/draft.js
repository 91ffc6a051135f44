// What one writes outlives its page, its network and its phone. Each change is written into this browser at once, and from there
// sent to the server as a draft, by the queue that every page and the service worker empty: another device finds it there. The
// page says what is kept where.
import { announce } from "./announce.js";
import { change, drop, get } from "./store.js";
import { again, flush, onQueue } from "./queue.js";

const pause = 900; // ms without a key, until it is sent
const days = 30;
const person = document.body.dataset.person || "";
const token = () => document.querySelector('meta[name="csrf-token"]').content;
const idOf = (place) => `draft:${person}:${place}`;

// What arrived as a post is a draft no more.
if (person && document.body.dataset.arrived) {
  forget(idOf(document.body.dataset.arrived));
  drop("queue", idOf(document.body.dataset.arrived)).catch(() => {});
}

export function startDraft(form, fill) {
  const line = form.querySelector("[data-kept-state]");
  if (!line || !person) return;
  const place = new URL(form.getAttribute("action"), location).pathname, id = idOf(place);
  form.querySelectorAll("button[data-plain]").forEach((b) => b.remove());
  form.elements.draft_device.value = device();
  const say = (text) => { line.textContent = text; line.hidden = !text; };
  const title = () => form.elements.title?.value || document.querySelector("h1").textContent.trim();
  let timer = 0, wait = 2000, rev = 0, left = false;

  const fields = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrf");
  const keep = () => {
    const now = fields();
    rev = Date.now();
    try { localStorage.setItem(id, JSON.stringify({ fields: now, at: rev })); } catch { /* full or refused: the queue has it */ }
    clearTimeout(timer);
    timer = setTimeout(send, pause);
    say(line.dataset.saving);
  };
  const send = async () => {
    if (left) return;
    clearTimeout(timer);
    const now = fields(), named = rev || Date.now();
    await change("queue", id, () => ({ id, person, kind: "draft", path: "/drafts", fields: [...now, ["place", place]], title: title(),
      body: form.elements.body?.value || form.elements.context?.value || "", at: Date.now(), rev: named })).catch(() => {});
    if (navigator.onLine === false) return say(line.dataset.here);
    const state = await flush(person, token());
    if (again(state)) {
      say(line.dataset.here);
      timer = setTimeout(send, wait);
      wait = Math.min(wait * 2, 60000);
    } else if (state === "signin") say(line.dataset.signin);
    else if ((await get("queue", id))?.refused !== undefined) say(line.dataset.refused);
    else wait = 2000;
  };

  onQueue((news) => {
    if (news.type !== "sent" || news.item.id !== id || !news.answer) return;
    if (news.answer.posted) return forget(id);
    form.elements.draft_base.value = news.answer.id;
    form.elements.draft_version.value = news.answer.version;
    if (news.item.rev < rev) return; // more was written meanwhile
    forget(id);
    say(news.answer.said);
  });
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("submit", () => { left = true; clearTimeout(timer); }); // it is written down; the post will end it
  window.addEventListener("pageshow", () => { left = false; });
  window.addEventListener("online", () => { wait = 2000; if (read(id)) send(); });
  window.addEventListener("offline", () => { if (read(id)) say(line.dataset.here); });

  const kept = read(id);
  if (!kept || document.querySelector("[data-focus], .preview, .error")) return;
  rev = kept.at;
  resume(kept);

  // resume shows what this browser has and the server hasn't. It is sent first: perhaps it is a post already.
  async function resume({ fields: was }) {
    const shown = restore(form, was, fill);
    if (shown) {
      tell(form, line, async () => {
        left = true;
        forget(id);
        await drop("queue", id);
        location.reload();
      });
    }
    await send();
    if ((await get("queue", id)) === undefined && !read(id) && !Number(form.elements.draft_base.value) && shown) location.reload(); // it was posted
  }
}

// device names this browser to the server, which keeps one draft of each place for each.
function device() {
  try {
    let name = localStorage.getItem("device");
    if (!name) localStorage.setItem("device", (name = Math.random().toString(36).slice(2) + Date.now().toString(36)));
    return name;
  } catch { return "browser"; }
}

function read(id) {
  try {
    const kept = JSON.parse(localStorage.getItem(id));
    return kept && kept.fields && Date.now() - kept.at < days * 86400000 ? kept : null;
  } catch { return null; }
}

function forget(id) {
  try { localStorage.removeItem(id); } catch { /* there is none */ }
}

// restore puts what was typed back into its form, the nonce too: what was sent without an answer arrives once. It tells whether
// that changed anything that can be seen.
function restore(form, was, fill) {
  let changed = false;
  const values = (name) => was.filter(([n]) => n === name).map(([, v]) => v);
  for (const el of form.elements) {
    if (!el.name || /^(csrf|draft_|attached$|do$|drop$)/.test(el.name) || el.type === "submit" || el.type === "file") continue;
    const all = values(el.name);
    if (el.type === "checkbox" || el.type === "radio") {
      changed ||= el.checked !== all.includes(el.value);
      el.checked = all.includes(el.value);
    } else if (all.length && el.value !== all[0]) {
      if (el.type === "textarea" && el.value.trim() && el.value !== el.defaultValue) continue;
      changed ||= el.type !== "hidden";
      el.value = all[0];
    }
  }
  const files = values("attached");
  if (files.length && fill) fill(files, (name) => values(name)[0] || "");
  return changed || files.length > 0;
}

function tell(form, line, forgetIt) {
  form.parentElement.querySelector("[data-draft-notice]")?.remove();
  const box = document.createElement("div"), button = document.createElement("button");
  box.className = "notice plain draft";
  box.textContent = line.dataset.back;
  Object.assign(button, { type: "button", className: "button quiet small", textContent: line.dataset.forget });
  button.addEventListener("click", forgetIt);
  box.append(button);
  form.prepend(box);
  announce(line.dataset.back);
}
