// Shows a space's mark in the colour that is being chosen.
for (const box of document.querySelectorAll("[data-hue]")) {
  const field = box.querySelector("input[type=range]");
  field.addEventListener("input", () => {
    const hue = Number(field.value);
    for (const part of box.querySelectorAll("[fill^=hsl],[stroke^=hsl]")) {
      for (const name of ["fill", "stroke"]) {
        const colour = part.getAttribute(name);
        if (colour?.startsWith("hsl(")) part.setAttribute(name, colour.replace(/hsl\(\d+/, `hsl(${hue}`));
      }
    }
    for (const name of [...box.classList]) if (/^h\d+$/.test(name)) box.classList.remove(name);
    box.classList.add(`h${Math.floor((hue + 7) / 15) % 24}`);
  });
}
