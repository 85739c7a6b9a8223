// ipamd of amazon-vpc-cni-k8s says in its log what it believes of containers, addresses and ENIs; before 1.6 as `TIME [LEVEL] TEXT`,
// since then as JSON: https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.5.3/ipamd/ipamd.go and
// https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.7.5/pkg/ipamd/ipamd.go
import { cleanText, probe } from './probe.ts';
import { said } from './text/ipamd.ts';
import type { IpamdEvent } from './text/ipamd.ts';
import { linesOf, refuse } from './text/lines.ts';

export type { IpamdEvent } from './text/ipamd.ts';

const DIRECTORIES = ['/var/log/aws-routed-eni', '/var/log/aws-node'];
const FILES = ['-maxdepth', '1', '-type', 'f', '-name', 'ipamd.log'];
/** Bytes read from the end of each file: half of what one answer may hold, more than an hour at level DEBUG. */
const TAIL = '450000';
/** Events kept, the latest ones: a start tells of each pod of the node once. */
const MOST = 400;

export interface IpamdLog {
  /** Files that were read; none where this node has no such log. */
  readonly files: readonly string[];
  /** What ipamd did, oldest first; of equal pool figures in a row only the first and the last. */
  readonly events: readonly IpamdEvent[];
  /** Events older than those. */
  readonly earlier: number;
  /** Lines that are of ipamd and tell nothing of these, and lines that are not in a form of its log. */
  readonly other: number;
  readonly unknown: number;
}

/** The end of ipamd's log: attempts, skipped pods, pool figures and freed ENIs, in order, with times. */
export const ipamdLog = probe({
  id: 'ipamd-log',
  reads: "the address manager's log",
  cheap: false,
  exits: [0, 1],
  argv: () => ['find', ...DIRECTORIES, ...FILES, '-exec', 'tail', '-v', '-c', TAIL, '{}', '+'],
  parse: (text, output): IpamdLog => {
    const grave = linesOf(cleanText(output.stderr)).find((line) => !/^find: .*: No such file or directory$/.test(line));
    if (grave !== undefined) refuse('the log could not be read', grave);
    return logOf(linesOf(text));
  },
});

function logOf(lines: readonly string[]): IpamdLog {
  const files: string[] = [];
  const events: IpamdEvent[] = [];
  let [other, unknown] = [0, 0];
  for (const line of lines) {
    const [, file] = /^==> (\/.*) <==$/.exec(line) ?? [];
    if (file !== undefined) {
      files.push(file);
      continue;
    }
    if (files.length === 0) refuse('not under the name of a file', line);
    const event = said(line);
    if (event === null) unknown += 1;
    else if (event.is === 'other') other += 1;
    else add(events, event);
  }
  const earlier = Math.max(0, events.length - MOST);
  return { files, events: events.slice(earlier), earlier, other, unknown };
}

/** Pool figures come every few seconds: the same ones in a row are one event and where it last held. */
function add(events: IpamdEvent[], event: IpamdEvent): void {
  const [before, last] = events.slice(-2);
  if (event.is === 'pool' && last?.is === 'pool' && before?.is === 'pool' && same(before, last) && same(last, event)) {
    events.pop();
  }
  events.push(event);
}

function same(one: Extract<IpamdEvent, { is: 'pool' }>, two: Extract<IpamdEvent, { is: 'pool' }>): boolean {
  return one.total === two.total && one.used === two.used;
}
