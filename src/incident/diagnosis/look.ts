import { readingsOf } from '../../check/check.ts';
import { questionKey } from '../../model/index.ts';
import type { IncidentState, Look, NodeRole, Question, Surveyed } from '../../model/index.ts';
import { nodeInRole } from '../../model/role.ts';
import { fitting } from './fitting.ts';
import { set, want } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** Follow-up rounds in one playbook state: a check that still asks after three would ask for ever. */
const ROUNDS = 3;

/** Sends the first survey: every cheap probe and whatever the checks can ask already, one round trip a node. */
export function lookAtNodes(turn: Turn): void {
  const { bound } = turn.state;
  if (bound === null) return;
  for (const role of ['subject', 'peer'] as const) {
    const node = nodeInRole(bound, role);
    if (node === null) continue;
    const cheap = turn.house.cheap.map((probe): Question => ({ role, probe, params: {} }));
    const asked = fitting(turn.house.checks, bound).flatMap((check) =>
      check.needs(bound, readingsOf(turn.state.answers)),
    );
    survey(turn, role, node.name, distinct([...cheap, ...asked.filter((question) => question.role === role)]));
  }
}

/** Asks what the given checks still need. True when something was asked, so that the answer has to be awaited. */
export function askMore(turn: Turn, checkIds: readonly string[]): boolean {
  const { bound, answers } = turn.state;
  if (bound === null) return false;
  const readings = readingsOf(answers);
  const needed = fitting(turn.house.checks, bound)
    .filter((check) => checkIds.includes(check.id))
    .flatMap((check) => check.needs(bound, readings));
  return askOpen(turn, needed);
}

/** Asks those questions that were not asked yet, at most three rounds in one playbook state. True when something was asked. */
export function askOpen(turn: Turn, needed: readonly Question[]): boolean {
  const { bound, answers } = turn.state;
  if (bound === null || turn.state.rounds >= ROUNDS) return false;
  const open = distinct(needed).filter((question) => answers[questionKey(question)] === undefined);
  let asked = false;
  for (const role of ['subject', 'peer', 'farEnd'] as const) {
    const questions = open.filter((question) => question.role === role);
    const node = nodeInRole(bound, role);
    const look = lookOf(turn.state, role);
    if (questions.length === 0 || node === null || look?.state === 'failed') continue;
    survey(turn, role, node.name, questions);
    asked = true;
  }
  if (asked) set(turn, { rounds: turn.state.rounds + 1 });
  return asked;
}

/** Takes in what a node answered, or why no door opened. */
export function takeSurvey(turn: Turn, event: Surveyed): void {
  const answers = { ...turn.state.answers };
  for (const answer of event.answers) answers[questionKey(answer.question)] = answer;
  const before = lookOf(turn.state, event.role);
  const look: Look = {
    role: event.role,
    node: event.node,
    state: event.failure === undefined ? 'done' : 'failed',
    door: event.door ?? before?.door ?? null,
    closedDoors: event.closedDoors,
    identity: event.identity ?? before?.identity ?? null,
    failure: event.failure?.sentence ?? null,
  };
  set(turn, { answers, looks: [...turn.state.looks.filter(({ role }) => role !== event.role), look] });
}

/** How far looking at the node in this role has come; `undefined` before it was asked. */
export function lookOf(state: IncidentState, role: NodeRole): Look | undefined {
  return state.looks.find((look) => look.role === role);
}

function survey(turn: Turn, role: NodeRole, node: string, questions: readonly Question[]): void {
  const before = lookOf(turn.state, role);
  const look: Look = {
    role,
    node,
    state: 'asked',
    door: before?.door ?? null,
    closedDoors: before?.closedDoors ?? [],
    identity: before?.identity ?? null,
    failure: null,
  };
  set(turn, { looks: [...turn.state.looks.filter((other) => other.role !== role), look] });
  want(turn, { do: 'survey', role, node, questions });
}

function distinct(questions: readonly Question[]): Question[] {
  return [...new Map(questions.map((question) => [questionKey(question), question])).values()];
}
