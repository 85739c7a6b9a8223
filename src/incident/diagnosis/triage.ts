import type { Check, Target } from '../../check/check.ts';
import { readingsOf } from '../../check/check.ts';
import { KUBELET_PORT } from '../../check/kubelet-listens.ts';
import type { Finding, IncidentState } from '../../model/index.ts';
import type { Playbook, PlaybookState, ProofStep } from '../../playbook/index.ts';
import { waysOn } from '../../playbook/index.ts';
import { fitting } from './fitting.ts';
import type { House } from '../house.ts';

/**
 * What to do next among what the present playbook state allows: always the cheapest step that still separates the leading
 * suspects. What the survey has answered costs nothing, a round trip a second, marked packets ten, and a person a minute.
 */

const DNS_PORT = 53;

/** Where packets of this port go. */
export function targetOf({ port }: { readonly port?: number | null }): Target {
  if (port === undefined || port === null) return 'pod';
  if (port === DNS_PORT) return 'dns';
  return port === KUBELET_PORT ? 'kubelet' : 'service';
}

/** Whether packets to this target can say anything about the check's findings. */
export function tells(check: Check, target: Target): boolean {
  return check.prove !== undefined && (check.shows === undefined || check.shows.includes(target));
}

/**
 * The next proof worth its packets; `null` when none is left. The symptom's own traffic comes first: whatever else is found, the
 * person asked about that. A further one is made only for suspects of which no packet could say anything yet, for most of them first.
 */
export function nextProof(house: House, state: IncidentState, allowed: readonly ProofStep[]): ProofStep | null {
  const made = state.watches.map(({ sent }) => targetOf(sent));
  const open = state.findings.filter(({ confidence, watch }) => confidence !== 'proven' && watch === undefined);
  const left = allowed.filter(({ target }) => !made.includes(target));
  const weighs = ({ target }: ProofStep): number => open.filter((finding) => shown(house, finding, target)).length;
  if (made.length === 0) return allowed[0] ?? null;
  const [best] = left.toSorted((a, b) => weighs(b) - weighs(a));
  return best !== undefined && weighs(best) > 0 ? best : null;
}

function shown(house: House, { code }: Finding, target: Target): boolean {
  const check = house.checks.find(({ codes }) => codes.includes(code));
  return check !== undefined && tells(check, target);
}

/**
 * The answer to a playbook's question that the readings give already: the one choice whose own suspects (those that no other
 * choice leads to) are found, while every other choice's own suspects are ruled out. `null`: a person has to be asked.
 */
export function answeredAlready(
  house: House,
  state: IncidentState,
  playbook: Playbook,
  here: PlaybookState,
): string | null {
  if (!('ask' in here)) return null;
  const behind = new Map(
    Object.entries(here.next).map(([choice, { state: target }]) => [choice, suspectsBehind(playbook, target)]),
  );
  const own = [...behind].map(([choice, suspects]) => {
    const others = [...behind].filter(([other]) => other !== choice).flatMap(([, ids]) => [...ids]);
    return [choice, [...suspects].filter((id) => !others.includes(id)).map((id) => verdict(house, state, id))] as const;
  });
  const found = own.filter(([, verdicts]) => verdicts.includes('found'));
  const [only] = found;
  const open = own.some(([choice, verdicts]) => choice !== only?.[0] && verdicts.some((is) => is !== 'clear'));
  return only !== undefined && found.length === 1 && !open ? only[0] : null;
}

/** Checks that some state reachable from here narrows by. */
function suspectsBehind({ file }: Playbook, from: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const suspects = new Set<string>();
  const queue = [from];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const state = file.states[name];
    if (state === undefined || reached.has(name)) continue;
    reached.add(name);
    if ('narrow' in state) state.narrow.forEach((id) => suspects.add(id));
    queue.push(...waysOn(state).map(([, target]) => target));
  }
  return suspects;
}

/** What the readings say of one suspect; one that makes no sense under this CNI is ruled out. */
function verdict(house: House, { bound, answers }: IncidentState, id: string): 'found' | 'clear' | 'unknown' {
  if (bound === null) return 'unknown';
  const check = fitting(house.checks, bound).find((one) => one.id === id);
  return check === undefined ? 'clear' : check.judge(bound, readingsOf(answers)).is;
}
