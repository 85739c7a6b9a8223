import { doorName } from '../../model/door.ts';
import { typedLines } from '../../model/command.ts';
import type { Evidence, Finding, IncidentState, Line, Missing, Rich, SummaryMessage } from '../../model/index.ts';
import { changesOf } from './causes.ts';
import { fenced, inline } from './markdown.ts';
import { summaryMessage } from './summary.ts';

const SURE = { proven: 'Proven. ', likely: 'Likely. ', possible: 'Possible. ' } as const;

/** Lines of one difference, or of one list: a post-mortem is read by people, and the bundle has everything. */
const MOST = 200;

/**
 * A closed incident as Markdown, to be copied into a post-mortem; `null` while it is open. Bytes of nodes, of the cluster and of people are
 * code in it and nothing else, and without secrets.
 */
export function postMortem(state: IncidentState): string | null {
  const told = summaryMessage(state).find(([slot]) => slot === 'summary')?.[1];
  if (told?.is !== 'summary') return null;
  const parts = [
    [`# ${inline(told.headline)}`],
    facts(state, told),
    section('What happened', told.paragraphs.map(inline)),
    section('Proof', (state.causes ?? state.findings).flatMap(proof)),
    section('What was run', run(state)),
    section('What changed on the node', told.difference.length === 0 ? [] : [block(told.difference)]),
    section('To make it last', list(told.durable.map((line): Rich => [{ text: line }]))),
    section('Ruled out', list(state.ruledOut.map((line): Rich => [{ text: line }]))),
    section('Could not be seen', list(state.unseen.map(unseen))),
    section('Timeline (UTC)', list(told.timeline.map(({ at, what }): Rich => [{ text: `${clock(at)} ` }, ...what]))),
  ];
  return `${parts
    .flat()
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

function facts(state: IncidentState, { outcome, timeline }: SummaryMessage): string[] {
  const { node, cluster, by, openedAt, symptom, looks, id } = state;
  const door = looks.find(({ role }) => role === 'subject')?.door;
  const ended = timeline.at(-1)?.at;
  const lines: Rich[] = [
    [{ text: 'Node ' }, { code: node }, { text: ', cluster ' }, { code: cluster }],
    [{ text: 'Asked by ' }, { person: by }, { text: `, ${date(openedAt)}` }],
    ...(symptom === null ? [] : [[{ text: 'Symptom ' }, { code: symptom }]]),
    ...(door === null || door === undefined ? [] : [[{ text: 'Came in through ' }, { code: doorName(door) }]]),
    [{ text: 'Outcome ' }, { code: outcome }, { text: ended === undefined ? '' : `, ${date(ended)}` }],
    [{ text: 'Incident ' }, { code: id }],
  ];
  return list(lines);
}

function proof({ statement, confidence, proof: counted, evidence, residue }: Finding): string[] {
  return [
    `### ${inline([{ text: statement }])}`,
    inline([{ strong: SURE[confidence] }, { text: counted ?? '' }]),
    ...evidence.flatMap(compared),
    ...(residue.length === 0 ? [] : ['Not cured by the obvious fix:', ...list(residue.map((one) => [{ text: one }]))]),
  ];
}

function compared({ about, subject, peer, normal }: Evidence): string[] {
  const said = ({ node, command, line }: Line): string[] => [`# ${node}`, `$ ${command}`, line];
  const differs = normal === undefined ? '' : ` (normal: ${normal})`;
  return [
    inline([{ text: `${about}${differs}` }]),
    block([...said(subject), ...(peer === undefined ? [] : ['', ...said(peer)])]),
  ];
}

/** The commands of every change that was begun, the first one first. */
function run(state: IncidentState): string[] {
  return changesOf(state).flatMap(({ offer: { letter, plan } }) => [
    inline([{ strong: `Fix ${letter}: ` }, { text: `${plan.title}, plan ` }, { code: plan.id }]),
    block(plan.steps.flatMap((step) => [...typedLines(step)])),
  ]);
}

function unseen({ detail, gap, node }: Missing): Rich {
  return [{ text: `${detail} (${gap}) on ` }, { code: node }];
}

function section(title: string, parts: readonly string[]): string[] {
  return parts.length === 0 ? [] : [`## ${title}`, ...parts];
}

function list(items: readonly Rich[]): string[] {
  if (items.length === 0) return [];
  const rest = items.length - MOST;
  const lines = items.slice(0, MOST).map((item) => `- ${inline(item)}`);
  return [[...lines, ...(rest > 0 ? [`- … (${rest} more)`] : [])].join('\n')];
}

function block(lines: readonly string[]): string {
  const rest = lines.length - MOST;
  return fenced(rest > 0 ? [...lines.slice(0, MOST), `… (${rest} more)`] : lines);
}

function date(at: number): string {
  const time = known(at);
  return time === null ? 'at an unknown time' : `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
}

function clock(at: number): string {
  return known(at)?.slice(11, 19) ?? '(no time)';
}

function known(at: number): string | null {
  return Number.isFinite(at) && Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : null;
}
