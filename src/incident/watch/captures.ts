import { want } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** Puts the captures of this diagnosis into the thread, where the finding names them. */
export function attachCaptures(turn: Turn): void {
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
