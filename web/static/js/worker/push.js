// What the platform pushes to this device: shown once for each piece of news, opened in the page that is there or in a new one.
import { get, put } from "../parts/store.js";
import { whoami } from "../parts/queue.js";
import { plainNews } from "./pages.js";

const writing = /^\/lessons\/|\/(new|edit)$/; // pages of which one loses something when they are left

// shown shows something whatever came: browsers take their leave away from those who push in silence. It says of what, to the person
// whom it is for alone: somebody else, or nobody, may be signed in here by now.
export async function shown(data) {
  const news = read(data), person = await get("meta", "person");
  if (news && String(news.person) === person) {
    const { title, body, path, tag, lang, dir } = news;
    await self.registration.showNotification(title, { body, tag, lang, dir, data: { path } });
    return;
  }
  const { title, ...words } = await plainNews();
  await self.registration.showNotification(title, { ...words, tag: "halqa", data: { path: "/notifications" } });
  if (news && person !== undefined) await silent();
}

// read is what a push tells, or null when it tells nothing of use.
function read(data) {
  try {
    const news = data.json();
    return typeof news.title === "string" && news.title ? news : null;
  } catch { return null; }
}

export async function opened(notification) {
  notification.close();
  const path = notification.data?.path || "/";
  const url = new URL(path, location.origin);
  if (url.origin !== location.origin) return;
  const pages = (await self.clients.matchAll({ type: "window" })).filter((p) => !writing.test(new URL(p.url).pathname));
  const page = pages.find((p) => p.focused) || pages[0];
  if (!page) { await self.clients.openWindow(url.href); return; }
  try {
    await page.focus();
    await page.navigate(url.href);
  } catch { await self.clients.openWindow(url.href); } // it isn't this worker's
}

// silent has nothing more pushed here: somebody signed out, or gave way to somebody else.
export async function silent() {
  const subscription = await self.registration.pushManager?.getSubscription();
  await subscription?.unsubscribe();
}

// renewed tells the platform where this device is reached from now on: browsers change that by themselves. Of a person who isn't
// signed in any more they don't.
export async function renewed({ oldSubscription: old, newSubscription }) {
  const [person, kept] = [await get("meta", "person"), await get("meta", "push")];
  const key = old?.options?.applicationServerKey || kept?.key;
  const me = person && key && (await whoami());
  if (!me || me.person !== person) return;
  const next = newSubscription || (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  const { endpoint, keys } = next.toJSON();
  await fetch("/notifications/devices", {
    method: "POST", credentials: "same-origin", redirect: "manual", headers: { "X-CSRF-Token": me.token, Accept: "application/json" },
    body: new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth, old: old?.endpoint || kept?.endpoint || "" }),
  });
  await put("meta", "push", { key: kept?.key, endpoint });
}
