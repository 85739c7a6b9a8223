/** Edit distance (insert, delete, replace, swap neighbours), at most `limit`; beyond it `limit + 1`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      let best = Math.min((above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (above[column - 1] ?? 0) + cost);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, (before[column - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    if (Math.min(...current) > limit) return limit + 1;
    before = above;
    above = current;
  }
  return above[b.length] ?? limit + 1;
}

/** Names that somebody who typed `typed` may have meant: close by spelling or containing it, at most `most`, best first. */
export function suggest(typed: string, names: readonly string[], most = 3): readonly string[] {
  const wanted = typed.toLowerCase().slice(0, 253);
  const limit = wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 4));
  return names
    .map((name) => {
      const low = name.toLowerCase();
      const part = Math.min(wanted.length, low.length) >= 3 && (low.includes(wanted) || wanted.includes(low));
      return { name, far: part ? 1 : distance(wanted, low, limit) };
    })
    .filter(({ far }) => far <= limit)
    .toSorted((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}
