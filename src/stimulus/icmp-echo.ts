// An echo request keeps its payload's length through routing and NAT, and the reply returns it (RFC 792): an unusual IP total
// length tells our packets at every point. https://man7.org/linux/man-pages/man8/ping.8.html (iputils or busybox)
import { isIPv4 } from 'node:net';
import type { Mark, Output, Sent, StimulusPlan } from '../model/index.ts';
import type { Command } from '../port.ts';
import { Unparsable, cleanText, read } from '../probe/probe.ts';
import type { Stimulus, Vantage } from './stimulus.ts';
import { checkCount } from './stimulus.ts';

/** IPv4 header and ICMP header. */
const HEADERS = 28;
/** Payloads that ping defaults (56) and path MTU tests (1,300 and more) do not use, and that pass every tunnel. */
const SMALLEST = 173;
const LARGEST = 463;

/** Seconds between two requests; an old ping of iputils lets only root send faster than the second of them. */
const INTERVALS = [
  ['quick', 0.02],
  ['unhurried', 0.2],
] as const;

/** Echo requests, each with a second to be answered. */
export const icmpEcho: Stimulus = {
  id: 'icmp-echo',
  sends: 'marked echo requests',
  marks: ({ to, count }, rounds, nonce) => {
    checkCount(count);
    if (!isIPv4(to)) throw new TypeError(`not an IPv4 address: ${to}`);
    const first = nonce.between(SMALLEST, LARGEST - rounds + 1);
    return Array.from({ length: rounds }, (_, round) => ({ proto: 'icmp', totalLength: first + round + HEADERS }));
  },
  ways: (plan, mark) => {
    const [quick, unhurried] = INTERVALS.map(([name, interval]) => pinging(plan, mark, name, interval));
    return [[quick!], [unhurried!]];
  },
  refused: (outputs) => outputs.some(({ exit, stderr }) => exit === 2 && TOO_QUICK.test(cleanText(stderr))),
  parse: ([output], plan, mark, vantage) =>
    output === undefined
      ? { known: false, gap: 'not-recorded', detail: 'no output of the marked echo requests' }
      : read({ ...ping(output), parse: (text) => sent(text, output, plan, mark, vantage) }, output),
  filter: (plan) => ({ all: [{ host: plan.to }, { proto: 'icmp' }], none: [] }),
};

const TOO_QUICK = /^(ping: )?cannot flood; minimal interval,? allowed for user,? is 200 ?ms/m;

function pinging({ to, count }: StimulusPlan, mark: Mark, name: string, interval: number): Command {
  if (mark.proto !== 'icmp') throw new TypeError('an echo request bears no mark of another protocol');
  const size = String(mark.totalLength - HEADERS);
  return {
    argv: ['ping', '-n', '-c', String(count), '-i', String(interval), '-W', '1', '-s', size, to],
    deadlineMs: Math.round(count * interval * 1000) + 4000,
    privileged: false,
    key: `stimulus/icmp-echo/${name}`,
  };
}

/** Exit status 0: answered, 1: not one answer, 2 with a refusal by the kernel: nothing was sent. */
function ping(output: Output) {
  const exits = NOT_SENT.test(cleanText(output.stderr)) ? [0, 1, 2] : [0, 1];
  return { id: 'icmp-echo', reads: 'the marked echo requests', cheap: false, exits, argv: () => ['ping'] as [string] };
}

const SIZE =
  /^PING [\d.]+ \([\d.]+\)(?: from ([\d.]+)(?: [^ ]+)?)?:? (?:(\d{1,5}) data bytes|\d{1,5}\((\d{1,5})\) bytes of data\.)$/;
const SUMMARY = /^(\d{1,5}) packets transmitted, (\d{1,5}) (?:packets )?received,/;
/** The kernel had no route, so no packet left. */
const NOT_SENT = /^(ping: )?connect: (Network is unreachable|No route to host|Invalid argument)$/m;

function sent(text: string, output: Output, plan: StimulusPlan, mark: Mark, vantage: Vantage): Sent {
  const lines = text.split('\n');
  const said = cleanText(output.stderr);
  const [, source, payload, total] = matching(lines, SIZE);
  const [, transmitted, received] = matching(lines, SUMMARY);
  const length = total === undefined ? Number(payload) + HEADERS : Number(total);
  if (output.exit !== 2 && (transmitted === undefined || Number.isNaN(length))) {
    throw new Unparsable(said.trim().split('\n')[0] || 'ping did not say what it sent');
  }
  return {
    from: vantage.role,
    node: vantage.node,
    source: source ?? null,
    to: plan.to,
    port: null,
    count: Number(transmitted ?? 0),
    answered: Number(received ?? 0),
    mark: Number.isNaN(length) ? mark : { proto: 'icmp', totalLength: length },
  };
}

function matching(lines: readonly string[], pattern: RegExp): (string | undefined)[] {
  const found = lines.find((line) => pattern.test(line));
  return found === undefined ? [] : (pattern.exec(found) ?? []);
}
