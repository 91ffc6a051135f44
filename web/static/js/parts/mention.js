// Naming people and organisations: after @ and two letters a list opens below the text; arrows choose, Enter writes, Escape
// closes. It writes a link to their page, which the server reads to tell them.
const pause = 250; // ms without a key

export function startMentions(box, area, write) {
  const list = box.querySelector("[data-mentions]");
  if (!list) return;
  let timer = 0, asked = "", at = -1;
  const options = () => [...list.children];
  const close = () => {
    list.hidden = true;
    asked = "";
    area.removeAttribute("aria-activedescendant");
  };
  // word is the @name being typed before the caret, or nothing.
  const word = () => {
    const before = area.value.slice(0, area.selectionStart);
    const found = /(?:^|[\s(«"])@([\p{L}\p{N}][^\n@[\]]{1,40})$/u.exec(before);
    return area.selectionStart === area.selectionEnd && found ? found[1] : "";
  };
  const mark = (n) => {
    const all = options();
    at = (n + all.length) % all.length;
    all.forEach((o, i) => o.setAttribute("aria-selected", i === at));
    area.setAttribute("aria-activedescendant", all[at].id);
    all[at].scrollIntoView({ block: "nearest" });
  };
  const choose = (option) => {
    const end = area.selectionStart, start = end - word().length - 1;
    close();
    const text = `${option.dataset.text} `;
    write(area, start, end, text, text.length, 0);
  };
  const ask = async () => {
    const words = word();
    if (words === asked) return;
    if (!words) return close();
    asked = words;
    try {
      const answer = await fetch(`${list.dataset.mentions}?q=${encodeURIComponent(words.trim())}`, { credentials: "same-origin" });
      if (!answer.ok || answer.redirected || words !== asked) return;
      list.innerHTML = await answer.text();
      list.hidden = !list.children.length;
      if (!list.hidden) mark(0);
    } catch { close(); } // offline: the name stays as it was typed
  };
  area.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, pause); });
  area.addEventListener("blur", () => setTimeout(close, 200)); // after a touch on the list
  area.addEventListener("keydown", (e) => {
    if (list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) mark(at + step);
    else if (e.key === "Enter" || e.key === "Tab") choose(options()[at]);
    else if (e.key === "Escape") close();
    else return;
    e.preventDefault();
  });
  list.addEventListener("pointerdown", (e) => e.preventDefault()); // the text keeps the caret
  list.addEventListener("click", (e) => {
    const option = e.target.closest("[role=option]");
    if (option) choose(option);
  });
}
