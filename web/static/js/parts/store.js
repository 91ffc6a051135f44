// The browser's own database, shared by the pages and the service worker:
//
//   meta   who was here last ("person"), in which language ("lang"), where they stopped in what is kept ("at:track"), and what the
//          server last said of a lesson ("heard:lesson")
//   saved  the modules kept on this phone, by "person:module"
//   queue  what waits to be sent, by an id that never changes
//
// Where the browser refuses a database, memory stands in for it as long as the page is open.
const stores = ["meta", "saved", "queue"];
const memory = new Map(stores.map((name) => [name, new Map()]));
let opening = null;

function open() {
  opening ||= new Promise((resolve) => {
    try {
      const request = indexedDB.open("halqa", 1);
      request.onupgradeneeded = () => stores.forEach((name) => request.result.createObjectStore(name));
      request.onerror = request.onblocked = () => resolve(null);
      request.onsuccess = () => {
        request.result.onclose = request.result.onversionchange = () => { request.result.close(); opening = null; };
        resolve(request.result);
      };
    } catch { resolve(null); }
  });
  return opening;
}

// run does one thing in a transaction of its own and returns what it found, once that is written.
async function run(name, mode, work) {
  const db = await open();
  if (!db) return null;
  return new Promise((resolve, reject) => {
    const tx = db.transaction(name, mode);
    let found;
    work(tx.objectStore(name), (value) => { found = value; });
    tx.oncomplete = () => resolve({ found });
    tx.onabort = tx.onerror = () => reject(tx.error);
  });
}

export async function get(name, key) {
  const done = await run(name, "readonly", (store, found) => { const r = store.get(key); r.onsuccess = () => found(r.result); });
  return done ? done.found : memory.get(name).get(key);
}

export async function all(name) {
  const done = await run(name, "readonly", (store, found) => { const r = store.getAll(); r.onsuccess = () => found(r.result); });
  return done ? done.found : [...memory.get(name).values()];
}

export async function put(name, key, value) {
  if (!(await run(name, "readwrite", (store) => store.put(value, key)))) memory.get(name).set(key, value);
}

export async function drop(name, key) {
  if (!(await run(name, "readwrite", (store) => store.delete(key)))) memory.get(name).delete(key);
}

// change replaces what is under a key by what edit makes of it, with nobody in between; undefined removes it.
export async function change(name, key, edit) {
  const done = await run(name, "readwrite", (store) => {
    const r = store.get(key);
    r.onsuccess = () => {
      const next = edit(r.result);
      if (next === undefined) store.delete(key);
      else store.put(next, key);
    };
  });
  if (done) return;
  const next = edit(memory.get(name).get(key));
  if (next === undefined) memory.get(name).delete(key);
  else memory.get(name).set(key, next);
}
