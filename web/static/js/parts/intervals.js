// Sets of played milliseconds: sorted pairs [from, to), half-open, that neither overlap nor touch.

export function union(a, b) {
  const out = [];
  for (const [from, to] of [...a, ...b].filter(([f, t]) => f < t).sort((x, y) => x[0] - y[0])) {
    const last = out[out.length - 1];
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}
