// Writing in the forum: tools that write Markdown, a preview, drafts, files, quotes and
// reports without leaving the thread, and marks of what was looked at. Without it the same forms and links do the work.
import { announce } from "./parts/announce.js";
import { startDraft } from "./parts/draft.js";
import { fill, startTray } from "./parts/attach.js";
import { startMentions } from "./parts/mention.js";

const token = () => document.querySelector('meta[name="csrf-token"]').content;
const editors = [...document.querySelectorAll("[data-editor]")];

for (const box of editors) start(box);
for (const line of document.querySelectorAll("[data-kept-state]")) {
  const form = line.closest("form"), area = form.querySelector(".editor textarea"), tray = form.querySelector("[data-tray]");
  startTray(form, area, write);
  startDraft(form, tray && ((files, value) => fill(form, area, tray, files, value)));
}
document.addEventListener("click", onDeed);
document.addEventListener("halqa:replaced", seen);
document.addEventListener("visibilitychange", seen);

function start(box) {
  const area = box.querySelector("textarea");
  const bar = box.querySelector(".toolbar");
  const form = area.form;
  bar.hidden = false;
  const tools = [...bar.querySelectorAll("[data-tool]")];
  tools.forEach((b, i) => {
    b.tabIndex = i ? -1 : 0; // one stop for the keyboard, arrows from there
    b.addEventListener("click", () => use(box, area, b.dataset.tool));
  });
  bar.addEventListener("keydown", (e) => walk(e, tools));
  area.addEventListener("keydown", (e) => {
    const tool = (e.ctrlKey || e.metaKey) && !e.altKey && { b: "bold", i: "italic", k: "link" }[e.key.toLowerCase()];
    if (!tool) return;
    e.preventDefault();
    use(box, area, tool);
  });
  form.querySelector("[data-look]")?.addEventListener("click", (e) => {
    e.preventDefault();
    preview(box, area);
  });
  startMentions(box, area, write);
}

function walk(e, tools) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
  if (!step) return;
  e.preventDefault();
  const forward = document.documentElement.dir === "rtl" ? -step : step;
  const at = tools.indexOf(document.activeElement);
  const next = tools[(at + forward + tools.length) % tools.length];
  tools.forEach((b) => { b.tabIndex = b === next ? 0 : -1; });
  next.focus();
}

// use writes what a tool stands for around the selection, or before each of its lines.
function use(box, area, tool) {
  const { selectionStart: from, selectionEnd: to, value } = area;
  const chosen = value.slice(from, to);
  const sample = chosen || box.dataset.sample;
  switch (tool) {
    case "bold": return write(area, from, to, `**${sample}**`, 2, sample.length);
    case "italic": return write(area, from, to, `_${sample}_`, 1, sample.length);
    case "link": {
      const address = /^https?:\/\/\S+$/.test(chosen);
      return address ? write(area, from, to, `[${box.dataset.sample}](${chosen})`, 1, box.dataset.sample.length)
        : write(area, from, to, `[${sample}](https://)`, sample.length + 3, 8);
    }
  }
  if (tool === "table") {
    const { text, at, length } = table(box.dataset.column, chosen, value.slice(0, from));
    return write(area, from, to, text, at, length);
  }
  const first = value.lastIndexOf("\n", from - 1) + 1;
  const mark = tool === "list" ? "- " : "> ";
  const lines = (value.slice(first, to) || box.dataset.sample).split("\n");
  const marked = lines.every((l) => l.startsWith(mark));
  const text = lines.map((l) => (marked ? l.slice(mark.length) : mark + l)).join("\n");
  write(area, first, to, text, 0, text.length);
}

// table is a table of what was chosen, lines of a sheet or of words with commas between them, or an empty one to fill in.
function table(column, chosen, before) {
  const lines = chosen.trim().split("\n").filter((l) => l.trim());
  const mark = lines.length && ["\t", ";", ","].find((m) => lines.every((l) => l.includes(m)));
  const rows = mark ? lines.map((l) => l.split(mark)) : [[`${column} 1`, `${column} 2`], [chosen.replace(/\s+/g, " "), ""], ["", ""]];
  const width = Math.max(...rows.map((r) => r.length));
  const drawn = rows.map((r) => `| ${Array.from({ length: width }, (_, i) => (r[i] || "").trim().replace(/\|/g, "/")).join(" | ")} |`);
  drawn.splice(1, 0, `|${" --- |".repeat(width)}`);
  const gap = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  return { text: gap + drawn.join("\n") + "\n\n", at: gap.length + 2, length: (rows[0][0] || "").trim().length };
}

// write replaces a stretch so that the browser can undo it, and selects a part of what came.
function write(area, from, to, text, start, length) {
  area.focus();
  area.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) area.setRangeText(text, from, to, "end");
  area.setSelectionRange(from + start, from + start + length);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

async function preview(box, area) {
  const form = area.form;
  let section = form.parentElement.querySelector(".preview");
  if (!section) {
    section = document.createElement("section");
    section.className = "preview";
    section.setAttribute("aria-labelledby", "preview-title");
    section.innerHTML = '<h2 id="preview-title" tabindex="-1"></h2><div class="card"><div class="prose"></div></div>';
    section.firstChild.textContent = box.dataset.preview;
    form.before(section);
  }
  const card = section.querySelector(".prose");
  try {
    const post = /^\/posts\/(\d+)\//.exec(new URL(form.getAttribute("action"), location).pathname)?.[1] || "0";
    const answer = await fetch(`/preview?post=${post}`, { method: "POST", body: new URLSearchParams({ body: area.value }), headers: { "X-CSRF-Token": token() }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw answer.status;
    card.innerHTML = await answer.text(); // the server made it safe
  } catch {
    card.textContent = box.dataset.failed;
  }
  section.scrollIntoView({ block: "nearest" });
  announce(box.dataset.preview);
}

function onDeed(e) {
  const link = e.target.closest("[data-deed]");
  if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
  if (link.dataset.deed === "quote" && editors.length) {
    e.preventDefault();
    quote(link.href);
  }
  const dialog = document.getElementById("report");
  if (link.dataset.deed === "report" && dialog) {
    e.preventDefault();
    dialog.querySelector("form").action = link.getAttribute("href");
    dialog.querySelector("form").reset();
    dialog.showModal();
  }
}

// quote asks the server for the quotation and puts it at the end of what is written.
async function quote(href) {
  const area = editors[0].querySelector("textarea");
  try {
    const answer = await fetch(href, { headers: { "Halqa-Fragment": "1", Accept: "text/html" }, credentials: "same-origin" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const text = fresh.getElementById("f-body").value;
    const to = fresh.querySelector("[name=reply_to]").value;
    area.form.elements.reply_to.value = to;
    const before = area.value.trimEnd();
    write(area, before.length, area.value.length, (before ? "\n\n" : "") + text, (before ? 2 : 0) + text.length, 0);
    area.scrollIntoView({ block: "center" });
  } catch { location.href = href; }
}

// seen says that what arrived was looked at, once the page is really before somebody.
function seen() {
  const talk = document.getElementById("talk");
  if (!talk || document.visibilityState !== "visible" || !document.body.dataset.stream) return;
  if (seen.last === undefined) seen.last = talk.dataset.last; // the page itself was noted when it was sent
  if (talk.dataset.last === seen.last) return;
  seen.last = talk.dataset.last;
  fetch(talk.dataset.seen, { method: "POST", body: new URLSearchParams({ post: talk.dataset.last }), headers: { "X-CSRF-Token": token() }, credentials: "same-origin" }).catch(() => {});
}
seen();
