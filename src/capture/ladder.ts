import type { CapturePoint, CaptureStory, FlowStory, PacketKind, Sighting } from '../model/index.ts';
import { PART_OF } from './kind.ts';
import { rcodeName } from './rcode.ts';
import { flowsSeen, type Group, groupsOf, pointsShown } from './shown.ts';
import { counted, wordsFor } from './words.ts';

const WIDTH = 72;
const TIME = 10;
const MAX_GROUPS = 3;
const MAX_PACKETS = 8;

const LABEL: Readonly<Record<PacketKind, string>> = {
  SYN: 'SYN',
  'SYN-ACK': 'SYN-ACK',
  RST: 'RST',
  FIN: 'FIN',
  ACK: 'ACK',
  'echo-request': 'echo',
  'echo-reply': 'reply',
  'icmp-error': 'error',
  'arp-request': 'ARP?',
  'arp-reply': 'ARP',
  'dns-query': 'query',
  'dns-answer': 'answer',
  'dns-refused': 'refused',
  'dns-cut': 'cut off',
  udp: 'UDP',
  other: 'other',
};

/**
 * The story as text: a column per point (at most four), a row per packet in time order, requests to the right, answers to
 * the left, missing ones marked with `x`. Flows that fared alike are drawn once. At most `columnsWide` columns (72 unless told, never below 40) and 2,000 characters; made
 * of letters, digits, punctuation without any markup's meaning, box lines and two arrow heads. Empty without points.
 */
export function ladder(story: CaptureStory, columnsWide: number = WIDTH): string {
  const columns = pointsShown(story);
  if (columns.length === 0) return '';
  const width = Math.floor((columnsWide - TIME) / columns.length);
  const blocks = groupsOf(story)
    .slice(0, MAX_GROUPS)
    .map((group) => drawn(story, group, columns, width));
  const lost = story.sent - flowsSeen(story);
  if (lost > 0 && blocks.length < MAX_GROUPS) blocks.push(neverSeen(story, lost, columns, width));
  const hidden = story.points.length - columns.length;
  if (hidden > 0) blocks.push([`(${hidden} more points are not drawn)`]);
  return [...header(story, columns, width), ...blocks.flatMap((block) => ['', ...block])]
    .map((line) => line.slice(0, columnsWide).trimEnd())
    .join('\n');
}

function header(story: CaptureStory, columns: readonly number[], width: number): string[] {
  const name = (of: (point: CapturePoint) => string, first: string, longest: number) =>
    first.padStart(TIME - 2).padEnd(TIME) +
    columns.map((point) => centred(clean(of(story.points[point]!), longest), width)).join('');
  const devices = name(({ device }) => device, 'ms', Math.min(15, width - 2));
  const several = new Set(story.points.map(({ node }) => node)).size > 1;
  return several ? [name(({ node }) => node, '', width - 2), devices] : [devices];
}

function drawn(story: CaptureStory, group: Group, columns: readonly number[], width: number): string[] {
  const packets = story.ladder.filter(({ flow }) => flow === group.index);
  const begin = packets[0]?.at ?? 0;
  const forward = packets.find(({ kind }) => PART_OF[kind] === 'request');
  const rows = packets.slice(0, MAX_PACKETS).map((sighting) => {
    const right = goesOut(sighting, forward);
    const time = ((sighting.at - begin) / 1000).toFixed(3).slice(0, TIME - 2);
    return (
      time.padStart(TIME - 2).padEnd(TIME) + row(columns, width, sighting.point, arrow(labelOf(sighting), right, width))
    );
  });
  const rest = packets.length - MAX_PACKETS;
  if (rest > 0) rows.push(`${''.padEnd(TIME)}(${rest} more packets)`);
  const like = `${group.flows.length} of ${story.sent} like`;
  const flow = clean(group.example.flow.replace('>', 'to'), 60);
  const wide = TIME + columns.length * width;
  const title = like.length + 1 + flow.length <= wide ? [`${like} ${flow}`] : [like, `  ${flow}`];
  return [...title, ...rows, ...missing(story, group.example, columns, width)];
}

/** What should have been seen where and was not, in one row; none when nothing is missing. */
function missing(story: CaptureStory, flow: FlowStory, columns: readonly number[], width: number): string[] {
  const words = wordsFor(story);
  const first = flow.requests.findIndex((count) => count > 0);
  const marks = columns.map((point) => {
    if (story.unseen?.some((unseen) => unseen.point === point)) return '? not whole';
    const requested = (flow.requests[point] ?? 0) > 0;
    const answered = (flow.answers[point] ?? 0) + (flow.refusals[point] ?? 0) > 0;
    if (requested && (flow.astray?.[point] ?? 0) > 0 && (flow.answers[point] ?? 0) === 0) return 'x not taken';
    if (requested && !answered) return `x ${counted(0, words.answer)}`;
    const awaited = story.fate === 'not-forwarded' && !flow.answers.some((count) => count > 0);
    return awaited && point !== first && !requested ? `x ${counted(0, words.request)}` : '';
  });
  if (marks.every((mark) => mark === '')) return [];
  return [''.padEnd(TIME) + marks.map((mark) => centred(mark === '' ? '│' : mark.slice(0, width - 1), width)).join('')];
}

function neverSeen(story: CaptureStory, lost: number, columns: readonly number[], width: number): string[] {
  const marks = columns.map((point) => (story.unseen?.some((unseen) => unseen.point === point) ? '? not whole' : 'x'));
  return [
    `${lost} of ${story.sent} seen nowhere`,
    ''.padEnd(TIME) + marks.map((mark) => centred(mark.slice(0, width - 1), width)).join(''),
  ];
}

/** A DNS server's error by its name. */
function labelOf({ kind, dns }: Sighting): string {
  return kind === 'dns-refused' && dns?.rcode !== undefined ? rcodeName(dns.rcode) : LABEL[kind];
}

/** Requests go right: what has the request's ports, or its direction. A RST may be anybody's. */
function goesOut(sighting: Sighting, request: Sighting | undefined): boolean {
  const part = PART_OF[sighting.kind];
  if (part !== undefined && sighting.kind !== 'RST') return part === 'request';
  return request !== undefined && sighting.targetPort === request.targetPort;
}

function row(columns: readonly number[], width: number, at: number, mark: string): string {
  return columns.map((point) => centred(point === at ? mark : '│', width)).join('');
}

function arrow(label: string, right: boolean, width: number): string {
  const room = Math.min(width - 2, 22) - label.length - 3;
  const before = '─'.repeat(Math.max(1, Math.floor(room / 2)));
  const after = '─'.repeat(Math.max(1, Math.ceil(room / 2)));
  return right ? `${before} ${label} ${after}►` : `◄${before} ${label} ${after}`;
}

function centred(text: string, width: number): string {
  const before = Math.floor((width - text.length) / 2);
  return text.padStart(text.length + Math.max(0, before)).padEnd(width);
}

/** Names come from nodes: anything but letters, digits and a few signs becomes `?`. */
function clean(name: string, longest: number): string {
  return name.replaceAll(/[^\w .:@/[\]-]/gu, '?').slice(0, longest);
}
