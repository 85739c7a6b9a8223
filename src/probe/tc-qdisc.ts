// A queueing discipline may delay or drop what a device sends; its statistics count the drops:
// https://man7.org/linux/man-pages/man8/tc.8.html
import { probe } from './probe.ts';
import { linesOf, refuse } from './text/lines.ts';
import { Words } from './text/words.ts';

export interface Qdisc {
  /** `mq`, `fq_codel`, `noqueue`, `netem` … */
  readonly kind: string;
  readonly handle: string;
  readonly device: string;
  /** `root`, or the parent's handle. */
  readonly parent: string;
  /** Everything after the parent, as printed. */
  readonly options: readonly string[];
  readonly dropped: number;
  readonly overlimits: number;
  readonly line: string;
}

const SENT = /^ Sent \d+ bytes \d+ pkts? \(dropped (\d+), overlimits (\d+) requeues \d+\)$/;

/** Every queueing discipline of every device. */
export const tcQdisc = probe({
  id: 'tc-qdisc',
  reads: 'the queueing disciplines',
  cheap: true,
  argv: () => ['tc', '-s', 'qdisc', 'show'],
  parse: (text) => {
    const qdiscs: Qdisc[] = [];
    let awaiting: Omit<Qdisc, 'dropped' | 'overlimits'> | null = null;
    for (const line of linesOf(text)) {
      const [, dropped, overlimits] = SENT.exec(line) ?? [];
      if (line.startsWith('qdisc ') && awaiting === null) awaiting = head(line);
      else if (awaiting !== null && dropped !== undefined) {
        qdiscs.push({ ...awaiting, dropped: Number(dropped), overlimits: Number(overlimits) });
        awaiting = null;
      } else if (!/^[ \t]/.test(line) || line.startsWith(' Sent ')) refuse('not part of a queueing discipline', line);
    }
    if (awaiting !== null) refuse('no statistics', awaiting.line);
    return { qdiscs };
  },
});

function head(line: string): Omit<Qdisc, 'dropped' | 'overlimits'> {
  const words = new Words(line);
  words.take('the start');
  const kind = words.take('qdisc');
  const handle = words.take(kind);
  if (!/^[\da-f]+:$/.test(handle) || words.take(handle) !== 'dev') words.refuse('not a queueing discipline');
  const device = words.take('dev');
  const place = words.take(device);
  if (!['root', 'parent', 'ingress', 'clsact'].includes(place)) words.refuse('no parent');
  const parent = place === 'parent' ? words.take(place) : place;
  return { kind, handle, device, parent, options: words.rest(), line };
}
