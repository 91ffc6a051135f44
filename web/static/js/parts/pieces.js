// Films and sounds that are kept on this phone. They are fetched and kept in pieces, each under the file's address with ?piece=n:
// when the network goes away in the middle, only the piece under way is lost. The address alone stands for the whole file, once all
// is there: it says how the pieces make it up. (Files kept before there were pieces are under it whole.)
const most = 512 << 10; // bytes in one piece
const pieceURL = (url, n) => `${url}?piece=${n}`;

// keepFile fetches what isn't here of a file into a cache; tell hears how many bytes of it are here.
export async function keepFile(cache, { url, bytes }, tell) {
  if (await cache.match(url)) return tell(bytes);
  let type = "";
  for (let n = 0; n * most < bytes; n++) {
    const from = n * most, to = Math.min(from + most, bytes);
    const piece = await cache.match(pieceURL(url, n));
    if (!piece) {
      const answer = await fetch(url, { headers: { Range: `bytes=${from}-${to - 1}` } });
      if (answer.status === 200) return cache.put(url, counted(answer, tell)); // a server that gives no ranges
      if (answer.status !== 206 || answer.headers.get("Content-Range") !== `bytes ${from}-${to - 1}/${bytes}`) throw new Error(`${url}: ${answer.status}`);
      type = answer.headers.get("Content-Type");
      const body = counted(answer, (here) => tell(from + here)).body || (await answer.blob());
      await cache.put(pieceURL(url, n), new Response(body, { headers: { "Content-Type": type } }));
    }
    type ||= piece.headers.get("Content-Type");
    tell(to);
  }
  await cache.put(url, new Response(null, { headers: { "Content-Type": type, "Halqa-Bytes": String(bytes), "Halqa-Piece": String(most) } }));
}

// counted tells how much of an answer has come while it is read.
function counted(answer, tell) {
  if (!answer.body || !("TransformStream" in self)) return answer;
  let here = 0;
  const count = new TransformStream({ transform(chunk, out) { here += chunk.byteLength; tell(here); out.enqueue(chunk); } });
  return new Response(answer.body.pipeThrough(count), { headers: answer.headers });
}

// keptFile is a file that is kept whole, or null: its type, how many bytes it has, and a way to read those from one to before another.
export async function keptFile(url) {
  const kept = await caches.match(url);
  if (!kept) return null;
  const type = kept.headers.get("Content-Type"), piece = Number(kept.headers.get("Halqa-Piece"));
  if (!piece) {
    const whole = await kept.blob();
    return { type, bytes: whole.size, read: async (from, to) => whole.slice(from, to, type) };
  }
  return { type, bytes: Number(kept.headers.get("Halqa-Bytes")), read: (from, to) => join(url, piece, type, from, to) };
}

async function join(url, piece, type, from, to) {
  const first = Math.floor(from / piece), parts = [];
  for (let n = first; n * piece < to; n++) parts.push((await caches.match(pieceURL(url, n))).blob());
  return new Blob(await Promise.all(parts)).slice(from - first * piece, to - first * piece, type);
}
