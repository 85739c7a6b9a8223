import { lookedAt, weighChange } from './again.ts';
import { close } from './close.ts';
import { propose } from './propose.ts';
import { record, want } from './turn.ts';
import type { Turn } from './turn.ts';

/** The playbook has reached an end: offer a fix where there is one, close where there is nothing to do. */
export function conclude(turn: Turn, end: 'cause' | 'nothing' | 'unseen'): void {
  const changed = lookedAt(turn.state);
  if (changed !== null) return weighChange(turn, changed);
  const [first] = turn.state.findings;
  if (first !== undefined) record(turn, [{ text: `Found: ${first.statement}` }]);
  attachCaptures(turn);
  if (end === 'cause' && propose(turn)) return;
  close(turn, end === 'nothing' ? 'nothing-found' : first !== undefined && end === 'cause' ? 'advice' : 'unknown');
}

function attachCaptures(turn: Turn): void {
  const captures = turn.state.watches.flatMap((watched, at) =>
    watched.captures.map((capture) => ({
      ...capture,
      file: at === 0 ? capture.file : capture.file.replace(/\.pcap$/, `-${at + 1}.pcap`),
    })),
  );
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
