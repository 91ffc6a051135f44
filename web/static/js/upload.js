// Sends a file with a bar that shows how far it is. Without this script the form does the same, without the bar.
for (const form of document.querySelectorAll("form[data-upload]")) {
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    e.stopPropagation(); // the manners of other forms would let it be sent twice
    if (!form.hasAttribute("aria-busy")) send(form);
  });
}

function send(form) {
  const file = form.querySelector("input[type=file]").files[0];
  if (file.size > Number(form.dataset.limit)) return fail(form, form.dataset.large);
  const bar = form.querySelector("[data-progress]"), state = bar.querySelector("[data-state]"), meter = bar.querySelector("progress");
  const request = new XMLHttpRequest();
  form.setAttribute("aria-busy", "true");
  form.querySelector("[data-error]").hidden = true;
  bar.hidden = false;
  state.textContent = form.dataset.sending;
  request.upload.onprogress = (e) => e.lengthComputable && (meter.value = (100 * e.loaded) / e.total);
  request.upload.onload = () => { state.textContent = form.dataset.checking; };
  request.onload = () => arrived(form, request);
  request.onerror = request.onabort = () => fail(form, form.dataset.lost);
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.send(new FormData(form));
}

function arrived(form, request) {
  let answer = {};
  try { answer = JSON.parse(request.responseText); } catch { /* said below */ }
  if (request.status === 200 && answer.location) {
    const here = location.pathname + location.search;
    location.assign(answer.location);
    if (here === answer.location.split("#")[0]) location.reload();
    return;
  }
  fail(form, (answer.errors && Object.values(answer.errors)[0]) || answer.detail || form.dataset.lost);
}

function fail(form, text) {
  const error = form.querySelector("[data-error]");
  form.removeAttribute("aria-busy");
  form.querySelector("[data-progress]").hidden = true;
  error.textContent = text;
  error.hidden = false;
}
