import { evidence, lineOf, readingsOf } from '../check/check.ts';
import type { Evidence, Finding, IncidentState } from '../model/index.ts';
import { doorName } from '../model/door.ts';
import { ipNeigh } from '../probe/index.ts';
import { conclude } from './conclude.ts';
import { lookOf } from './look.ts';
import { set } from './turn.ts';
import type { Turn } from './turn.ts';

/**
 * No door into the subject opened. That is a finding of its own, built from what the API server says of the node and
 * what the healthy peer has in its neighbour table.
 */
export function noDoor(turn: Turn): void {
  set(turn, { findings: [finding(turn.state)] });
  conclude(turn, 'unseen');
}

function finding(state: IncidentState): Finding {
  const look = lookOf(state, 'subject');
  const tried = look?.closedDoors ?? [];
  const ready = state.bound?.subject.facts.ready ?? 'Unknown';
  const alive = neighbour(state);
  return {
    code: 'no-door-opens',
    statement: `netdiag could not enter ${state.node}: ${tried.length === 0 ? (look?.failure ?? 'no address is known') : `${tried.length} ways in were tried and none opened`}. The API server calls it ${
      ready === 'True' ? 'Ready' : ready === 'False' ? 'not Ready' : 'of unknown state'
    }${alive === null ? '' : `, and the healthy peer ${alive.reachable ? 'has it in its neighbour table' : 'gets no ARP answer from it'}`}.`,
    confidence: 'possible',
    evidence: alive === null ? [] : [alive.row],
    facts: { tried: tried.map(({ door, because }) => `${doorName(door)}: ${because}`) },
    residue: [],
  };
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
