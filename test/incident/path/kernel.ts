import { pathOf, pathQuestions } from '../../../src/incident/path/index.ts';
import { questionKey } from '../../../src/model/index.ts';
import type { Answer, Bound, Gap, Hop, IncidentState, NodeRole, Question, Watched } from '../../../src/model/index.ts';
import { ipRouteGet } from '../../../src/probe/index.ts';
import { answered, lost, printed } from '../../fake/scene.ts';
import { Tale } from '../tale.ts';

/** What a kernel says to `ROLE to from iif mark`; a refusal begins with `!`, and a gap is named after `?`. */
export type Kernel = Readonly<Record<string, string>>;

export interface Walked {
  readonly hops: readonly Hop[];
  readonly rounds: number;
  readonly asked: readonly Question[];
}

/** Asks what the path asks until it asks nothing new, and walks it. What no kernel knows is not recorded. */
export function walk(
  bound: Bound,
  watched: Watched | null,
  known: readonly Answer[],
  kernel: Kernel,
  change: Partial<IncidentState> = {},
): Walked {
  const answers: Record<string, Answer> = Object.fromEntries(
    known.map((answer) => [questionKey(answer.question), answer]),
  );
  const start = new Tale().open().locate(bound).state;
  const asked: Question[] = [];
  for (let rounds = 0; ; rounds += 1) {
    const state = { ...start, bound, answers: { ...answers }, watched, ...change };
    const open = pathQuestions(state).filter((question) => answers[questionKey(question)] === undefined);
    if (open.length === 0) return { hops: pathOf(state), rounds, asked };
    asked.push(...open);
    for (const question of open) answers[questionKey(question)] = said(question, kernel);
  }
}

function said(question: Question, kernel: Kernel): Answer {
  const { role, params, probe } = question;
  const words = ['to', 'from', 'iif', 'mark'].map((word) => params[word]).filter((word) => word !== undefined);
  const line = probe === ipRouteGet.id ? kernel[[role, ...words].join(' ')] : undefined;
  if (line === undefined) return lost({ question }, 'not-recorded');
  if (line.startsWith('?')) return lost({ question }, line.slice(1) as Gap);
  if (!line.startsWith('!')) return answered(role, ipRouteGet, params, `${line} \n    cache \n`);
  const stderr = Buffer.from(`RTNETLINK answers: ${line.slice(1)}\n`);
  return answered(role, ipRouteGet, params, printed('', { exit: 2, stderr }));
}

/** `✓ there farEnd`, one word for each decision. */
export function drawn(hops: readonly Hop[]): string[] {
  const signs = { yes: '✓', no: '✗', unknown: '?' } as const;
  return hops.map(({ fits, way, role }) => `${signs[fits]} ${way} ${role}`);
}

/** The decision on that way in that role, ours and not its carrier's where there are two. */
export function hopAt(hops: readonly Hop[], way: Hop['way'], role: NodeRole): Hop {
  const hop = hops.findLast((one) => one.way === way && one.role === role);
  if (hop === undefined) throw new RangeError(`no decision ${way} at ${role}`);
  return hop;
}
