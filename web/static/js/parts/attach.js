// Adding files to what one writes: chosen, dropped or pasted, sent at once, each with its progress. Photos are made smaller here
// first: most phones take them larger than anybody will see them, on networks where that is dear.
import { announce } from "./announce.js";

const large = 1600; // pixels of the longest side; the server keeps no more
const heavy = 400000; // bytes from which a photo is made smaller
const token = () => document.querySelector('meta[name="csrf-token"]').content;

// startTray makes the tray of a form live. write puts text into area; without area there is no text to put pictures into.
export function startTray(form, area, write) {
  const tray = form.querySelector("[data-tray]");
  if (!tray) return;
  const list = tray.querySelector(".editing"), input = tray.querySelector("input[type=file]");
  form.enctype = "application/x-www-form-urlencoded"; // files come by themselves
  input.removeAttribute("name");
  const say = { tray, form, list, area, write };
  [...list.children].forEach((row) => ready(say, row));
  input.addEventListener("change", () => {
    take(say, [...input.files], false);
    input.value = "";
  });
  tray.addEventListener("click", (e) => onClick(say, e));
  for (const at of [tray, area].filter(Boolean)) startDrop(say, at);
  if (area) area.addEventListener("paste", (e) => {
    const files = [...(e.clipboardData?.files || [])];
    if (!files.length || e.clipboardData.getData("text/plain")) return; // cells of a sheet come as text and as a picture
    e.preventDefault();
    take(say, files, true);
  });
  form.addEventListener("submit", (e) => {
    if (!list.querySelector("[data-sending]")) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    announce(tray.dataset.wait);
    list.querySelector("[data-sending]").scrollIntoView({ block: "center" });
    list.querySelector("[data-sending] [data-state]").textContent = tray.dataset.wait;
  }, true);
}

function startDrop(say, at) {
  const carries = (e) => [...(e.dataTransfer?.types || [])].includes("Files");
  at.addEventListener("dragover", (e) => {
    if (!carries(e)) return;
    e.preventDefault();
    say.tray.classList.add("over");
  });
  at.addEventListener("dragleave", () => say.tray.classList.remove("over"));
  at.addEventListener("drop", (e) => {
    if (!carries(e)) return;
    e.preventDefault();
    say.tray.classList.remove("over");
    take(say, [...e.dataTransfer.files], at === say.area);
  });
}

function onClick(say, e) {
  const button = e.target.closest("[data-insert], [data-take-away], [data-again]");
  if (!button) return;
  const row = button.closest("li");
  if (button.dataset.insert) return insert(say, button.dataset.insert);
  if ("again" in button.dataset) return row.again();
  row.stop?.();
  row.remove();
  say.tray.querySelector("input[type=file]").focus();
  changed(say);
}

// ready gives a row that the server drew its buttons, in place of the box that does without scripts.
function ready(say, row) {
  row.querySelectorAll("button[hidden]").forEach((b) => { b.hidden = "insert" in b.dataset && !say.area; });
  row.querySelector("[data-plain]")?.remove();
}

// fill shows the rows of files that a draft of this browser names, as the server draws them.
export async function fill(form, area, tray, files, value) {
  const list = tray.querySelector(".editing");
  if (files.every((id) => list.querySelector(`[data-file="${CSS.escape(id)}"]`))) return;
  const answer = await fetch(`/attachments?ids=${files.map(encodeURIComponent).join(",")}`, { credentials: "same-origin" }).catch(() => null);
  if (!answer || !answer.ok || answer.redirected) return;
  list.innerHTML = await answer.text(); // the server made it
  [...list.children].forEach((row) => ready({ area }, row));
  for (const field of list.querySelectorAll("input[name^=alt_]")) field.value = value(field.name);
}

function take(say, files, intoText) {
  for (const file of files) {
    if (say.list.children.length >= Number(say.tray.dataset.most)) {
      announce(say.tray.dataset.tooMany);
      return problem(say, say.tray.dataset.tooMany);
    }
    problem(say, "");
    begin(say, file, intoText);
  }
}

function problem(say, text) {
  let p = say.tray.querySelector(":scope > .error");
  if (!p && text) {
    p = document.createElement("p");
    p.className = "error";
    say.list.before(p);
  }
  if (p) p.textContent = text;
  if (p && !text) p.remove();
}

// begin sends a file; its row tells how far it is, and why it failed.
function begin(say, file, intoText) {
  const row = document.createElement("li"), box = document.createElement("div"), name = document.createElement("p"), bdi = document.createElement("bdi");
  const bar = document.createElement("progress"), state = document.createElement("p"), deeds = document.createElement("div");
  bdi.textContent = file.name;
  bdi.className = "break";
  name.append(bdi);
  bar.max = 1;
  bar.setAttribute("aria-label", file.name);
  state.className = "quiet";
  state.dataset.state = "";
  deeds.className = "doing";
  deeds.append(deed(say.tray.dataset.drop, "takeAway"));
  box.append(name, bar, state, deeds);
  row.append(box);
  say.list.append(row);
  row.again = async () => {
    row.dataset.sending = "";
    bar.hidden = false;
    state.textContent = say.tray.dataset.sending;
    deeds.querySelector("[data-again]")?.remove();
    try {
      const answer = await send(say.tray.dataset.tray, await smaller(file), file.name, row, (part) => { bar.value = part; });
      arrived(say, row, answer, intoText);
    } catch (why) {
      delete row.dataset.sending;
      bar.hidden = true;
      state.textContent = why.said || say.tray.dataset.failed;
      if (!why.said) deeds.prepend(deed(say.tray.dataset.again, "again"));
      announce(state.textContent);
    }
  };
  row.again();
}

function deed(text, what) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "deed", textContent: text });
  button.dataset[what] = "";
  return button;
}

function arrived(say, row, answer, intoText) {
  if (!row.isConnected) return; // taken away meanwhile
  const fresh = document.createElement("template");
  fresh.innerHTML = answer.row;
  const next = fresh.content.firstElementChild;
  row.replaceWith(next);
  ready(say, next);
  if (intoText && answer.mark) insert(say, answer.mark);
  announce(say.tray.dataset.sent);
  changed(say);
}

function insert(say, mark) {
  const { area } = say, at = area.selectionEnd, before = area.value.slice(0, at);
  const text = (before && !before.endsWith("\n") ? "\n\n" : "") + mark + "\n\n";
  say.write(area, at, at, text, text.length, 0);
}

function changed(say) {
  say.form.dispatchEvent(new Event("input", { bubbles: true }));
}

function send(path, body, name, row, tell) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(), form = new FormData(); // fetch doesn't say how much has gone
    form.append("file", body, name);
    request.open("POST", path);
    request.setRequestHeader("X-CSRF-Token", token());
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (e) => { if (e.lengthComputable) tell(e.loaded / e.total); };
    request.onerror = request.onabort = () => reject({});
    request.onload = () => {
      let said = null;
      try { said = JSON.parse(request.responseText); } catch { /* a page, not an answer */ }
      if (request.status === 200 && said) resolve(said);
      else reject({ said: said && (said.errors?.file || said.detail) });
    };
    row.stop = () => request.abort();
    request.send(form);
  });
}

// smaller is a photo as the server would make it, when that is lighter; else the file itself.
async function smaller(file) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < heavy || !self.createImageBitmap) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const part = Math.min(1, large / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * part);
    canvas.height = Math.round(picture.height * part);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const light = await new Promise((resolve) => canvas.toBlob(resolve, file.type === "image/png" ? "image/png" : "image/jpeg", 0.85));
    return light && light.size < file.size ? light : file;
  } catch { return file; }
}
