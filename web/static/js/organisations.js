// Suggests organisations while one types a name. Without it the form's answer suggests them.
const pause = 300; // ms without a key

for (const box of document.querySelectorAll("[data-organisations]")) start(box);

function start(box) {
  const field = box.querySelector("input[type=text]");
  const found = box.querySelector("[data-found]");
  let timer = 0;
  let asked = "";

  async function ask() {
    const words = field.value.trim();
    if (words === asked) return;
    asked = words;
    if (words.length < 2) {
      found.replaceChildren();
      return;
    }
    try {
      const answer = await fetch(`${box.dataset.organisations}?q=${encodeURIComponent(words)}`, { credentials: "same-origin" });
      if (answer.ok && words === asked) found.innerHTML = await answer.text();
    } catch {
      asked = ""; // offline: the next key asks again, and sending the form works as well
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, pause);
  });
}
