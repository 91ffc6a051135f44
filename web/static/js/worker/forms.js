// Forms that may wait: answers, readings, questions. When the network fails them they are kept, and the page one comes back to
// says so.
import { get } from "../parts/store.js";
import { addForm } from "../parts/queue.js";

const kinds = [[/^\/lessons\/\d+\/answers$/, "answers"], [/^\/lessons\/\d+\/read$/, "read"], [/^\/spaces\/[^/]+\/forum\/new$/, "question"]];

const kindOf = (path) => (kinds.find(([pattern]) => pattern.test(path)) || [])[1];

// keepForm sends a form or, when that fails, keeps it and leads back to where it was written.
export async function keepForm(request, url) {
  const copy = request.clone();
  try { return await fetch(request); } catch { /* kept below */ }
  const fields = new URLSearchParams([...(await copy.formData())].filter(([, value]) => typeof value === "string"));
  const person = await get("meta", "person");
  if (!person || fields.get("do") === "preview") throw new TypeError("offline");
  fields.delete("csrf");
  const kind = kindOf(url.pathname);
  await addForm({
    id: "form:" + (fields.get("nonce") || self.crypto.randomUUID()), person, kind, path: url.pathname, fields: [...fields],
    title: fields.get("title") || fields.get("about") || "", body: fields.get("body") || "",
  });
  const back = request.referrer ? new URL(request.referrer) : new URL("/saved", location);
  back.hash = "waiting";
  return Response.redirect(back.pathname + back.search + back.hash, 303);
}

keepForm.takes = (path) => !!kindOf(path);
