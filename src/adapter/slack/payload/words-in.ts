/** Longest text that is looked through, and deepest nesting: alerts are short, and anybody can post them. */
const longest = 40_000;
const deepest = 12;
const spoken = new Set(['text', 'fallback', 'title', 'pretext', 'value', 'footer']);

/** Every text of a message, its blocks and its attachments, one after the other; at most 40,000 characters. */
export function wordsIn(message: unknown): string {
  const found: string[] = [];
  collect(message, 0, found);
  return found.join('\n').slice(0, longest);
}

function collect(value: unknown, depth: number, found: string[]): void {
  if (typeof value !== 'object' || value === null || depth > deepest) return;
  for (const [name, one] of Object.entries(value)) {
    if (typeof one === 'string' && spoken.has(name)) found.push(one.slice(0, longest));
    else collect(one, depth + 1, found);
  }
}
