// Forms that lose nothing: what was typed is kept in this tab until the form arrived, a form isn't sent twice, and what
// can't be undone asks first.
import { announce } from "./announce.js";

const prefix = "form:";
const secret = /password|csrf/;

export function startForms() {
  restoreAll();
  document.addEventListener("input", (e) => e.target.form && keep(e.target.form));
  document.addEventListener("submit", onSubmit);
  window.addEventListener("pageshow", () => document.querySelectorAll("[aria-busy]").forEach((b) => b.removeAttribute("aria-busy")));
  document.querySelector("[data-focus]")?.focus();
}

function keptForms() {
  return [...document.querySelectorAll("form[data-form]")];
}

function key(form) {
  return prefix + new URL(form.getAttribute("action"), location).pathname;
}

function keep(form) {
  if (!form.matches("[data-form]")) return;
  const values = [];
  for (const el of form.elements) {
    if (!el.name || secret.test(el.name) || ["hidden", "password", "file", "submit"].includes(el.type)) continue;
    if (el.type === "checkbox" || el.type === "radio") values.push([el.name, el.value, el.checked]);
    else values.push([el.name, el.value]);
  }
  try { sessionStorage.setItem(key(form), JSON.stringify({ values, at: Date.now() })); } catch { /* private mode: nothing to keep it in */ }
}

function stored(form) {
  try { return JSON.parse(sessionStorage.getItem(key(form))); } catch { return null; }
}

// What was typed is put back wherever its form is shown again: after an expired session, a failure, a closed menu. It is
// forgotten when the server says that the form arrived, and after an hour. A form shown with its errors keeps its own values.
function restoreAll() {
  if (document.body.dataset.arrived) sessionStorage.removeItem(prefix + document.body.dataset.arrived);
  if (location.hash === "#waiting") keptForms().forEach((form) => sessionStorage.removeItem(key(form))); // kept elsewhere, to be sent
  if (document.querySelector("[data-focus]")) return;
  for (const form of keptForms()) {
    const kept = stored(form);
    if (kept && Date.now() - kept.at < 3600000 && restore(form, kept.values)) tellRestored(form);
  }
}

function restore(form, values) {
  let changed = false;
  for (const [name, value, checked] of values) {
    for (const el of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (el.type === "checkbox" || el.type === "radio") {
        if (el.value === value && el.checked !== checked) { el.checked = checked; changed = true; }
      } else if (el.value !== value && value !== "") { el.value = value; changed = true; }
    }
  }
  return changed;
}

function tellRestored(form) {
  const text = document.body.dataset.restored;
  const p = document.createElement("p");
  p.className = "notice plain";
  p.textContent = text;
  form.prepend(p);
  announce(text);
}

async function onSubmit(e) {
  const form = e.target, button = e.submitter;
  if (form.getAttribute("aria-busy") === "true") { e.preventDefault(); return; }
  const question = (button && button.dataset.confirm) || form.dataset.confirm;
  if (question && !form.dataset.sure) {
    e.preventDefault();
    if (await ask(question, button)) {
      form.dataset.sure = "1";
      form.requestSubmit(button);
    }
    return;
  }
  delete form.dataset.sure;
  form.setAttribute("aria-busy", "true");
  if (button) button.setAttribute("aria-busy", "true");
  setTimeout(() => { form.removeAttribute("aria-busy"); button?.removeAttribute("aria-busy"); }, 15000);
}

// ask shows a question in a dialog, with the words of the button that asks as its answer.
function ask(question, button) {
  const dialog = document.createElement("dialog");
  const p = document.createElement("p");
  const actions = document.createElement("p");
  const yes = document.createElement("button");
  const no = document.createElement("button");
  p.textContent = question;
  p.id = "question";
  dialog.setAttribute("aria-labelledby", "question");
  actions.className = "actions";
  yes.type = no.type = "button";
  yes.className = "button danger";
  yes.textContent = button ? button.textContent.trim() : document.body.dataset.yes;
  no.className = "button second";
  no.textContent = document.body.dataset.no;
  actions.append(no, yes);
  dialog.append(p, actions);
  document.body.append(dialog);
  dialog.showModal();
  no.focus();
  return new Promise((resolve) => {
    const end = (answer) => { dialog.remove(); button?.focus(); resolve(answer); };
    yes.onclick = () => end(true);
    no.onclick = () => end(false);
    dialog.oncancel = () => end(false);
  });
}
