// Modules kept on this phone: their pages, films or sounds, and what those pages are drawn with, in one cache per person and
// module; what they are and weigh, in the database.
import { keepFile } from "./pieces.js";
import { all, drop, get, put } from "./store.js";

export const cacheName = (person, module) => `saved-${person}-${module}`;
const key = (person, module) => `${person}:${module}`;

export const find = (person, module) => get("saved", key(person, module));

export async function list(person) {
  return (await all("saved")).filter((kept) => kept.person === person).sort((a, b) => b.at - a.at);
}

// save fetches everything of a module that isn't there yet. It can be stopped and begun again; tell hears how many bytes of
// the films are here.
export async function save(pack, tell) {
  const cache = await caches.open(cacheName(pack.person, pack.module));
  const entry = { ...pack, at: Date.now(), complete: false };
  await put("saved", key(pack.person, pack.module), entry);
  const wanted = new Set(pack.files.map((f) => f.url));
  for (const page of pack.pages) for (const url of await keepPage(cache, page)) wanted.add(url);
  let here = 0;
  for (const file of pack.files) {
    await keepFile(cache, file, (n) => tell(here + n));
    here += file.bytes;
  }
  for (const request of await cache.keys()) if (!wanted.has(new URL(request.url).pathname)) await cache.delete(request);
  await put("saved", key(pack.person, pack.module), { ...entry, complete: true });
}

// keepPage keeps a page under its address without the query, and the styles, scripts and pictures that it names.
async function keepPage(cache, page) {
  const path = new URL(page, location).pathname;
  const answer = await fetch(page, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok || answer.redirected) throw new Error(`${page}: ${answer.status}`);
  const drawn = new DOMParser().parseFromString(await answer.clone().text(), "text/html");
  const parts = [...drawn.querySelectorAll("link[href^='/static/'], script[src^='/static/']")].map((el) => el.getAttribute("href") || el.getAttribute("src"));
  await cache.put(path, answer);
  for (const url of parts) if (!(await cache.match(url))) await cache.add(url);
  return [path, ...parts];
}

export async function remove(person, module) {
  await caches.delete(cacheName(person, module));
  await drop("saved", key(person, module));
}

// forgetAll removes what was kept for the persons that a rule names.
export async function forgetAll(rule) {
  for (const kept of await all("saved")) if (rule(kept.person)) await remove(kept.person, kept.module);
  for (const name of await caches.keys()) {
    const [kind, person] = name.split("-");
    if (kind === "saved" && rule(person)) await caches.delete(name);
  }
}
