// Films and sounds that are kept on this phone, whole or by the range that is asked for, as a server would send them.
import { keptFile } from "../parts/pieces.js";

export async function film(request, url) {
  const kept = await keptFile(url.pathname);
  if (!kept) return fetch(request);
  const range = request.headers.get("Range");
  return range ? part(kept, range) : new Response(await kept.read(0, kept.bytes), { headers: { "Content-Type": kept.type, "Accept-Ranges": "bytes" } });
}

async function part({ type, bytes, read }, range) {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range) || [];
  const end = bytes - 1;
  const from = first ? Number(first) : Math.max(bytes - Number(last), 0);
  const to = first && last ? Math.min(Number(last), end) : end;
  if ((!first && !last) || from > to) return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${bytes}` } });
  return new Response(await read(from, to + 1), {
    status: 206,
    headers: { "Content-Type": type, "Content-Length": String(to - from + 1), "Content-Range": `bytes ${from}-${to}/${bytes}`, "Accept-Ranges": "bytes" },
  });
}
