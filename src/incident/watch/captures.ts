import type { Attachment } from '../../model/index.ts';
import { outputFiles } from '../message/outputs.ts';
import { want } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** Puts the captures of this diagnosis, and the outputs that are too long for a message, into the thread, where the finding names them. */
export function attachCaptures(turn: Turn): void {
  const captures = turn.state.watches.flatMap((watched, at) =>
    watched.captures.map((capture) => ({
      ...capture,
      file: at === 0 ? capture.file : capture.file.replace(/\.pcap$/, `-${at + 1}.pcap`),
    })),
  );
  const files: Attachment[] = [
    ...captures.map(({ file, point, output }) => ({
      name: file,
      title: `Packets on ${point.device} of ${point.node}`,
      output,
    })),
    ...outputFiles(turn.state),
  ];
  if (files.length > 0) want(turn, { do: 'attach', files });
}
