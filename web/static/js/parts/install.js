// Takes the service worker on, and tells it who is here: it sends what waits of them and forgets what was kept of others.
export function startWorker() {
  const { person } = document.body.dataset, { lang } = document.documentElement, theme = document.documentElement.dataset.theme || "";
  if (!person || !("serviceWorker" in navigator) || "kept" in document.body.dataset) return;
  const begin = async () => {
    await navigator.serviceWorker.register("/sw.js");
    const { active } = await navigator.serviceWorker.ready;
    active.postMessage({ hello: { person, lang, theme, token: document.querySelector("meta[name=csrf-token]").content } });
  };
  const calm = () => begin().catch(() => {}); // refused, as in private windows: pages work without it
  if (document.readyState === "complete") calm();
  else window.addEventListener("load", calm);
}
