// One line per CPU, hexadecimal: packets taken from the backlog, packets dropped because it was full, and how often the
// softirq ran out of its budget (`softnet_seq_show`, 9 columns since 2.6, up to 15 now):
// https://github.com/torvalds/linux/blob/v6.6/net/core/net-procfs.c
import { probe } from './probe.ts';
import { linesOf, refuse, wordsOf } from './text/lines.ts';

export interface SoftnetCpu {
  readonly processed: number;
  readonly dropped: number;
  readonly timeSqueeze: number;
  readonly line: string;
}

/** CPUs that are online, in order. Counters of 32 bits that wrap. */
export const softnetStat = probe({
  id: 'softnet-stat',
  reads: 'the packet backlog of the CPUs',
  cheap: true,
  argv: () => ['cat', '/proc/net/softnet_stat'],
  parse: (text) => {
    const cpus = linesOf(text).map(softnetCpu);
    return cpus.length === 0 ? refuse('no CPU', text) : { cpus };
  },
});

function softnetCpu(line: string): SoftnetCpu {
  const words = wordsOf(line);
  if (words.length < 9 || !words.every((word) => /^[\da-f]{8}$/.test(word))) return refuse('not a softnet line', line);
  const [processed = 0, dropped = 0, timeSqueeze = 0] = words.map((word) => Number.parseInt(word, 16));
  return { processed, dropped, timeSqueeze, line };
}
