/**
 * Whether `*`, `?` and `[…]` of `pattern` (glob(7), no braces) describe the whole of `name`. Linear in memory and at worst the
 * product of both lengths in time, whatever the pattern.
 */
export function globMatches(pattern: string, name: string): boolean {
  const parts = pattern.match(/\[!?[^\]]+\]|[^]/gu) ?? [];
  let reachable = new Set<number>([0]);
  const letters = Array.from(name);
  for (const part of parts) {
    const next = new Set<number>();
    if (part === '*') {
      const first = Math.min(...reachable);
      for (let at = first; at <= letters.length; at += 1) next.add(at);
    } else {
      for (const at of reachable) {
        const letter = letters[at];
        if (letter !== undefined && letterMatches(part, letter)) next.add(at + 1);
      }
    }
    if (next.size === 0) return false;
    reachable = next;
  }
  return reachable.has(letters.length);
}

function letterMatches(part: string, letter: string): boolean {
  if (part === '?') return true;
  if (part.length < 3 || !part.startsWith('[')) return part === letter;
  const excluded = part.startsWith('[!');
  const set = Array.from(part.slice(excluded ? 2 : 1, -1));
  const inside = set.some((from, index) => {
    const to = set[index + 2];
    return set[index + 1] === '-' && to !== undefined ? from <= letter && letter <= to : from === letter;
  });
  return inside !== excluded;
}
