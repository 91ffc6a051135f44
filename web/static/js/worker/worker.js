// The service worker: it answers from what is kept on this phone when the network doesn't, keeps the forms that couldn't be
// sent, and forgets everything of a person who signs out or gives way to somebody else.
//
// It keeps no page by itself: only those of modules that somebody saved, in a cache of that person and module.
import { get, put } from "../parts/store.js";
import { again, flush, waiting } from "../parts/queue.js";
import { forgetAll } from "../parts/saved.js";
import { film } from "./film.js";
import { keepForm } from "./forms.js";
import { keptPage, offlinePage, keepOffline } from "./pages.js";
import { opened, renewed, shown, silent } from "./push.js";

const shell = "shell-" + self.carried.map((url) => url.split(".")[1]).join("");
const patience = 8000; // ms for the network to answer before a kept page does
const leaving = ["/sign-out", "/profile/sign-out-everywhere"];

self.addEventListener("install", (e) => e.waitUntil(install()));
self.addEventListener("activate", (e) => e.waitUntil(activate()));
self.addEventListener("fetch", onFetch);
self.addEventListener("message", (e) => { if (e.data.hello) e.waitUntil(hello(e.data.hello)); });
self.addEventListener("push", (e) => e.waitUntil(shown(e.data)));
self.addEventListener("notificationclick", (e) => e.waitUntil(opened(e.notification)));
self.addEventListener("pushsubscriptionchange", (e) => e.waitUntil(renewed(e)));
self.addEventListener("sync", (e) => { if (e.tag === "halqa-queue") e.waitUntil(sendRest()); });

async function install() {
  const cache = await caches.open(shell);
  await cache.addAll(self.carried);
  await self.skipWaiting();
}

async function activate() {
  for (const name of await caches.keys()) if (name.startsWith("shell-") && name !== shell) await caches.delete(name);
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

// hello hears from every page of somebody signed in who they are.
async function hello({ person, lang, theme, token }) {
  const before = await get("meta", "person");
  if (before !== person) await forgetAll((of) => of !== person);
  if (before && before !== person) await silent();
  await put("meta", "person", person);
  await put("meta", "lang", lang);
  await keepOffline(await caches.open(shell), lang, theme);
  if ((await waiting(person)).length) await flush(person, token);
}

// sendRest is woken by the browser when the network is back, even without a page. A failure has it try again.
async function sendRest() {
  const person = await get("meta", "person");
  if (person && (await waiting(person)).length && again(await flush(person))) throw new Error("still waiting");
}

function onFetch(e) {
  const { request } = e, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && request.mode === "navigate") onForm(e, url);
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("/static/")) e.respondWith(caches.match(url.pathname).then((kept) => kept || fetch(request)));
  else if (url.pathname.startsWith("/media/")) e.respondWith(film(request, url));
  else if (request.mode === "navigate") e.respondWith(page(e, url));
}

function onForm(e, url) {
  if (leaving.includes(url.pathname)) e.waitUntil(forgetAll(() => true).then(() => put("meta", "person", "")).then(silent));
  else if (keepForm.takes(url.pathname)) e.respondWith(keepForm(e.request, url).catch(() => offlinePage()));
}

// page asks the network first. What is kept answers for a network that is away, or that lets one wait.
async function page(e, url) {
  const asked = Promise.resolve(e.preloadResponse).then((early) => early || fetch(e.request));
  const late = new Promise((resolve) => setTimeout(resolve, patience));
  const answer = await Promise.race([asked.catch(() => null), late]);
  if (answer && answer.status < 502) return answer;
  const kept = await keptPage(url);
  if (kept) return kept;
  return answer || asked.catch(() => offlinePage());
}
