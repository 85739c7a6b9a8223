import type { IncidentState } from '../model/index.ts';
import { propose } from './propose.ts';
import { audit, live, record, set, want } from './turn.ts';
import type { Turn } from './turn.ts';

/** The playbook has reached an end: offer a fix where there is one, close where there is nothing to do. */
export function conclude(turn: Turn, end: 'cause' | 'nothing' | 'unseen'): void {
  const [first] = turn.state.findings;
  if (first !== undefined) record(turn, [{ text: `Found: ${first.statement}` }]);
  attachCaptures(turn);
  if (end === 'cause' && propose(turn)) return;
  close(turn, end === 'nothing' ? 'nothing-found' : first !== undefined && end === 'cause' ? 'advice' : 'unknown');
}

/** Ends the incident. Everything that is still to be told is told by its last messages. */
export function close(turn: Turn, outcome: NonNullable<IncidentState['outcome']>): void {
  set(turn, { outcome });
  live(turn, 'close');
  audit(turn, turn.state.by.id, 'closed', outcome);
  want(turn, { do: 'export' });
}

function attachCaptures(turn: Turn): void {
  const captures = turn.state.watched?.captures ?? [];
  if (captures.length === 0) return;
  want(turn, {
    do: 'attach',
    files: captures.map(({ file, point, output }) => ({
      name: file,
      title: `Packets on ${point.device} of ${point.node}`,
      output,
    })),
  });
}
