import { inertBytes } from '../../adapter/terminal/inert.ts';
import { paint, say, type Line, type Style } from '../../adapter/terminal/piece.ts';
import { wrap } from '../../adapter/terminal/wrap.ts';
import { count, type Health, type Item } from './item.ts';
import { doctorDocument } from './document.ts';

/** How it is shown. */
export interface TableOptions {
  readonly columns: number;
  readonly colour: boolean;
}

/** The word stands in every line, so that the colour says nothing alone. */
const WORDS: Readonly<Record<Health, { readonly word: string; readonly style: Style }>> = {
  ok: { word: 'ok', style: 'good' },
  warning: { word: 'warning', style: 'warn' },
  fault: { word: 'FAULT', style: 'bad' },
  unseen: { word: 'not seen', style: 'warn' },
};
const WORD = 10;
const TITLE = 18;
/** With more nodes than this, what is well on a node is one line. */
const NODES_IN_FULL = 3;
const LONGEST = 600;

/** The items by room, one line each, with what to do below whatever is not well; at the end a sentence that sums up. */
export function table(items: readonly Item[], cluster: string | null, { columns, colour }: TableOptions): string {
  const nodes = new Set(items.filter(isNode).map(({ of }) => of));
  const rooms = Map.groupBy(items, (item) => room(item, cluster));
  const lines: Line[] = [];
  for (const [name, those] of rooms) {
    if (lines.length > 0) lines.push([]);
    lines.push([say(inertBytes(name), 'strong')]);
    const shown = nodes.size > NODES_IN_FULL ? folded(those) : those;
    for (const item of shown) lines.push(...rows(item, columns));
  }
  lines.push([], [say(summary(items), 'strong')]);
  return lines.map((line) => `${paint(line, colour)}\n`).join('');
}

function isNode({ id }: Item): boolean {
  return id.startsWith('node.');
}

function room({ id, of }: Item, cluster: string | null): string {
  if (id.startsWith('configuration.')) return 'Configuration';
  if (id.startsWith('slack.')) return 'Slack';
  if (id.startsWith('cluster.')) return cluster === null ? 'Cluster' : `Cluster ${cluster}`;
  return of === null ? 'Nodes' : `Node ${of}`;
}

function folded(items: readonly Item[]): readonly Item[] {
  const [first, ...more] = items.filter((item) => isNode(item) && item.health === 'ok');
  if (first === undefined) return items;
  const titles = [first, ...more].map(({ title }) => title).join(', ');
  return [
    ...items.filter((item) => !isNode(item) || item.health !== 'ok'),
    { ...first, title: 'the rest', seen: titles },
  ];
}

function rows({ title, health, seen, mend }: Item, columns: number): readonly Line[] {
  const { word, style } = WORDS[health];
  const indent = ' '.repeat(2 + WORD + TITLE);
  const hang = [say(columns < 70 ? '    ' : indent)];
  const head = [say('  '), say(word.padEnd(WORD), style), say(title.padEnd(TITLE)), say(clipped(seen))];
  const to = mend === null ? [] : wrap([...hang, say('→ '), say(clipped(mend))], columns, [...hang, say('  ')]);
  return [...wrap(head, columns, hang), ...to];
}

function clipped(text: string): string {
  const safe = inertBytes(text.replaceAll(/\s+/g, ' '));
  return safe.length > LONGEST ? `${safe.slice(0, LONGEST - 1)}…` : safe;
}

function summary(items: readonly Item[]): string {
  const { counts, health } = doctorDocument(items);
  const { ok, warning, fault, unseen } = counts;
  const of = `${ok} of ${count(items.length, 'thing')} well`;
  if (health === 'ok') return `All well: ${count(items.length, 'thing')} looked at.`;
  const parts = [
    ...(fault > 0 ? [count(fault, 'fault')] : []),
    ...(unseen > 0 ? [`${unseen} not seen`] : []),
    ...(warning > 0 ? [count(warning, 'warning')] : []),
  ];
  return `${parts.join(', ')}; ${of}.`;
}
