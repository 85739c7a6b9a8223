import type { CaptureStory, IcmpError, Sighting } from '../../model/index.ts';
import { PART_OF } from '../kind.ts';
import { rcodeName } from '../rcode.ts';
import type { Group } from '../shown.ts';
import type { Part } from './passage.ts';

/** When the example's packet was first seen, or first seen again at one point; last when the story does not tell. */
export function beginOf(story: CaptureStory, group: Group, part: Part, again: boolean): number {
  const [first, repeat] = firstsOf(story, group, part);
  return (again ? repeat : first)?.at ?? Number.MAX_SAFE_INTEGER;
}

/** `, after 1.0 s`: how long the example waited before it was sent again; empty when the story does not tell. */
export function pauseOf(story: CaptureStory, group: Group, part: Part): string {
  const [, repeat, before] = firstsOf(story, group, part);
  if (repeat === undefined || before === undefined) return '';
  const ms = (repeat.at - before.at) / 1000;
  return ms < 1000 ? `, after ${Math.round(ms)} ms` : `, after ${(ms / 1000).toFixed(1)} s`;
}

/** The example's first packet of this part; the first that its point had seen before; and that one's first at that point. */
function firstsOf({ ladder }: CaptureStory, { index }: Group, part: Part): readonly (Sighting | undefined)[] {
  const mine = ladder.filter(({ flow, kind }) => flow === index && PART_OF[kind] === part);
  const firstAt = (one: Sighting) => mine.find(({ point }) => point === one.point);
  const repeat = mine.find((one) => firstAt(one) !== one);
  return [mine[0], repeat, repeat === undefined ? undefined : firstAt(repeat)];
}

const ERRORS: Readonly<Record<IcmpError, string>> = {
  'too-big': 'ICMP too big',
  unreachable: 'ICMP unreachable',
  'port-unreachable': 'ICMP port unreachable',
  prohibited: 'ICMP prohibited',
  'time-exceeded': 'ICMP time exceeded',
  other: 'ICMP error',
};

/** What the example was refused with; `null` when the story does not tell. */
export function refusedWith(story: CaptureStory, group: Group): string | null {
  const [first] = firstsOf(story, group, 'refusal');
  if (first === undefined) return null;
  if (first.kind === 'RST') return 'RST';
  if (first.kind === 'dns-cut') return 'cut-off DNS answer';
  if (first.dns?.rcode !== undefined) return `DNS ${rcodeName(first.dns.rcode)}`;
  const { says = 'other', mtu } = first.error ?? {};
  return mtu === undefined ? ERRORS[says] : `${ERRORS[says]}: at most ${mtu} bytes`;
}

/** Whether the target itself refused the example: a TCP reset or a DNS error is its own, whatever address that was translated to. */
export function targetRefused(story: CaptureStory, group: Group, target: string): boolean {
  const [first] = firstsOf(story, group, 'refusal');
  return first !== undefined && (first.kind !== 'icmp-error' || first.source === target);
}
