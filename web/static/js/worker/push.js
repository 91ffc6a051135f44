// What the platform pushes to this device: shown once for each piece of news, opened in the page that is there or in a new one.

export async function shown(data) {
  let news;
  try { news = data.json(); } catch { return; }
  const { title, body, path, tag, lang, dir } = news;
  await self.registration.showNotification(title, { body, tag, lang, dir, data: { path } });
}

export async function opened(notification) {
  notification.close();
  const path = notification.data?.path || "/";
  const url = new URL(path, location.origin);
  if (url.origin !== location.origin) return;
  const pages = await self.clients.matchAll({ type: "window" });
  const page = pages.find((p) => new URL(p.url).origin === location.origin && p.focused) || pages[0];
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
