// Has this browser show what its person follows even when no page is open. Without the means for it nothing is offered; on an iPhone
// the page says how to come by them.
import { put } from "./parts/store.js";

const box = document.querySelector("[data-push]");
const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
const apple = /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);

if (box && able) begin();
else if (box && apple) show("[data-push-iphone]");

function show(what) {
  box.hidden = false;
  box.querySelector(what).hidden = false;
}

async function begin() {
  const worker = await navigator.serviceWorker.ready;
  const old = await worker.pushManager.getSubscription();
  const here = [...box.querySelectorAll("[data-device]")].find((line) => line.dataset.device === old?.endpoint);
  if (here) {
    here.querySelector("[data-push-this]").hidden = false;
    return;
  }
  const form = box.querySelector("[data-push-here] form");
  show("[data-push-here]");
  form.querySelector("button").addEventListener("click", async () => {
    try {
      await fill(form, (await subscribed(worker)).toJSON(), old);
      form.requestSubmit();
    } catch { // they said no, now or once and for all; or the maker of the browser has no such service here
      box.querySelector("[data-push-said]").textContent = box.dataset.pushRefused;
    }
  });
}

// subscribed asks the person, and then their browser. A subscription for other keys than the platform's of today is no use.
async function subscribed(worker) {
  if ((await Notification.requestPermission()) !== "granted") throw new Error("refused");
  const applicationServerKey = box.dataset.push;
  const old = await worker.pushManager.getSubscription();
  if (old) await old.unsubscribe();
  return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
}

async function fill(form, { endpoint, keys }, old) {
  form.elements.endpoint.value = endpoint;
  form.elements.p256dh.value = keys.p256dh;
  form.elements.auth.value = keys.auth;
  form.elements.old.value = old?.endpoint || "";
  await put("meta", "push", { key: box.dataset.push, endpoint }); // for the service worker, should the browser change it
}
