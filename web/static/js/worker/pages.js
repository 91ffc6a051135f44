// Pages without network: those of saved modules, for the person who saved them, and the one that says what is kept.
import { get } from "../parts/store.js";
import { cacheName } from "../parts/saved.js";

// keptPage is a page of a saved module, whatever its query, or null. It tells the page that it is a kept one, and gives each
// showing of a form a nonce of its own, as the server does.
export async function keptPage(url) {
  const person = await get("meta", "person");
  if (!person) return null;
  for (const name of await caches.keys()) {
    if (!name.startsWith(cacheName(person, ""))) continue;
    const kept = await (await caches.open(name)).match(url.pathname);
    if (kept) return again(kept);
  }
  return null;
}

async function again(kept) {
  const html = (await kept.text())
    .replace(/(name="nonce" value=")[^"]*/g, (_, before) => before + self.crypto.randomUUID())
    .replace("<body", "<body data-kept");
  return new Response(html, { headers: plain(kept.headers) });
}

// plain are the headers of a text that is no longer packed, its security policy among them.
function plain(headers) {
  const out = new Headers(headers);
  for (const name of ["Content-Encoding", "Content-Length"]) out.delete(name);
  return out;
}

const offline = (lang) => "/saved?as=" + lang;

// keepOffline keeps the page that answers when nothing else can. It holds nothing of anybody.
export async function keepOffline(cache, lang, theme) {
  const name = offline(lang);
  const kept = await cache.match(name);
  if (kept && kept.headers.get("Halqa-Theme") === theme) return;
  const answer = await fetch(`${name}&theme=${theme}`, { credentials: "omit" }).catch(() => null);
  if (!answer || !answer.ok) return;
  const headers = plain(answer.headers);
  headers.set("Halqa-Theme", theme);
  await cache.put(name, new Response(await answer.text(), { headers }));
}

export async function offlinePage() {
  const lang = (await get("meta", "lang")) || "fr";
  return (await caches.match(offline(lang))) || Response.error();
}

// plainNews are the words of a notification that may say nothing, as the page without network has them, in its language.
export async function plainNews() {
  const html = await (await offlinePage()).text().catch(() => "");
  const of = (name) => new RegExp(`\\s${name}="([^"]*)"`).exec(html)?.[1];
  return { title: of("data-name") || "Halqa", body: of("data-news") || "", lang: of("lang") || "", dir: of("dir") || "auto" };
}
