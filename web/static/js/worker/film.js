// Films and sounds that are kept on this phone, whole or by the range that is asked for, as a server would send them.
export async function film(request, url) {
  const kept = await caches.match(url.pathname);
  if (!kept) return fetch(request);
  const range = request.headers.get("Range");
  return range ? part(await kept.blob(), range, kept.headers.get("Content-Type")) : kept;
}

function part(whole, range, type) {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range) || [];
  const end = whole.size - 1;
  const from = first ? Number(first) : Math.max(whole.size - Number(last), 0);
  const to = first && last ? Math.min(Number(last), end) : end;
  if ((!first && !last) || from > to) return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${whole.size}` } });
  return new Response(whole.slice(from, to + 1, type), {
    status: 206,
    headers: { "Content-Type": type, "Content-Length": String(to - from + 1), "Content-Range": `bytes ${from}-${to}/${whole.size}`, "Accept-Ranges": "bytes" },
  });
}
