import { evidence, lineOf, readingsOf } from '../../check/check.ts';
import type { ClosedDoor, Evidence, Finding, IncidentState, Missing } from '../../model/index.ts';
import { doorName } from '../../model/door.ts';
import { ipNeigh } from '../../probe/index.ts';
import { conclude } from './conclude.ts';
import { gaps } from './judge.ts';
import { lookOf } from './look.ts';
import { set } from '../turn.ts';
import type { Turn } from '../turn.ts';

/**
 * No door into the subject opened. That is a finding of its own, built from what the API server says of the node and
 * what the healthy peer has in its neighbour table.
 */
export function noDoor(turn: Turn): void {
  set(turn, { findings: [finding(turn.state)], unseen: unseen(turn) });
  conclude(turn, 'unseen');
}

/** The statement says why the subject stayed closed; beside it stands only what that hides. */
function unseen(turn: Turn): Missing[] {
  return gaps(turn).map((gap) => (gap.role === 'subject' ? { ...gap, detail: 'anything on the node itself' } : gap));
}

function finding(state: IncidentState): Finding {
  const look = lookOf(state, 'subject');
  const tried = look?.closedDoors ?? [];
  const ready = state.bound?.subject.facts.ready ?? 'Unknown';
  const alive = neighbour(state);
  return {
    code: 'no-door-opens',
    statement: `netdiag could not enter ${state.node}: ${tried.length === 0 ? unreached(look?.failure ?? null) : reasons(tried)}. The API server calls it ${
      ready === 'True' ? 'Ready' : ready === 'False' ? 'not Ready' : 'of unknown state'
    }${alive === null ? '' : `, and the healthy peer ${alive.reachable ? 'has it in its neighbour table' : 'gets no ARP answer from it'}`}.`,
    confidence: 'possible',
    evidence: alive === null ? [] : [alive.row],
    facts: { tried: tried.map(({ door, because }) => `${doorName(door)}: ${because}`) },
    residue: [],
  };
}

/** Why no door was even tried. */
function unreached(failure: string | null): string {
  return failure === null ? 'no address of it is known' : failure.replace(/\.$/, '');
}

/** Why no door opened, addresses with the same reason together: `no answer within 5 s (A, B), nor through PEER`. */
function reasons(tried: readonly ClosedDoor[]): string {
  const by = new Map<string, string[]>();
  for (const { door, because } of tried.filter(({ door }) => door.jump === undefined))
    by.set(because, [...(by.get(because) ?? []), door.address]);
  const direct = [...by].map(([because, addresses]) => `${because} (${addresses.join(', ')})`);
  const jumps = new Set(tried.flatMap(({ door }) => door.jump ?? []));
  return [direct.join('; '), ...[...jumps].map((jump) => `nor through ${jump}`)].join(', ');
}

function neighbour(state: IncidentState): { readonly reachable: boolean; readonly row: Evidence } | null {
  const readings = readingsOf(state.answers);
  const seen = readings.of('peer', ipNeigh, {});
  const answer = readings.answer('peer', ipNeigh, {});
  if (seen?.known !== true || answer === null) return null;
  const entry = seen.value.neighbours.find(({ address }) => state.bound?.subject.addresses.includes(address) === true);
  if (entry === undefined) return null;
  const line = lineOf(answer, entry.line);
  return {
    reachable: entry.state !== 'FAILED',
    row: evidence(`what ${answer.node} sees of ${entry.address}`, line, null),
  };
}
