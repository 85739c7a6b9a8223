// A client's SYN is sent again after one second (RFC 6298, TCP_TIMEOUT_INIT); a connection given up before is exactly one SYN.
// Ports from 61000 are above Linux's default ephemeral range (ip_local_port_range, 32768 to 60999), so nobody else's flow bears the
// mark by chance: https://docs.kernel.org/networking/ip-sysctl.html and https://curl.se/docs/manpage.html (curl 7.32 or later)
import { isIP, isIPv6 } from 'node:net';
import type { Mark, Output, Sent, StimulusPlan } from '../model/index.ts';
import type { Command } from '../port.ts';
import { Unparsable, cleanText, read } from '../probe/probe.ts';
import type { Stimulus, Vantage, Way } from './stimulus.ts';
import { checkCount } from './stimulus.ts';

const FIRST_PORT = 61_000;
const LAST_PORT = 64_999;
/**
 * Seconds for the SYN-ACK, and for everything, because what follows the handshake is of no interest. All at once, each SYN gets 0.8 s,
 * for the next one would leave after 1.0; one after the other, nobody wants to wait that long for each.
 */
const AT_ONCE = [0.8, 1] as const;
const IN_TURN = [0.4, 0.6] as const;

/** One SYN per source port. A refused connection is not answered; a TLS error after the handshake is. */
export const tcpSyn: Stimulus = {
  id: 'tcp-syn',
  sends: 'marked SYNs',
  marks: ({ to, port, count }, rounds, nonce) => {
    checkCount(count);
    if (isIP(to) === 0) throw new TypeError(`not an IP address: ${to}`);
    if (port === undefined || !Number.isInteger(port) || port < 1 || port > 65_535)
      throw new TypeError('no TCP port to send to');
    const first = nonce.between(FIRST_PORT, LAST_PORT - rounds * count + 1);
    return Array.from({ length: rounds }, (_, round) => {
      const firstPort = first + round * count;
      return { proto: 'tcp', firstPort, lastPort: firstPort + count - 1 };
    });
  },
  ways: (plan, mark) => [[atOnce(plan, mark)], inTurn(plan, mark)],
  refused: (outputs) => outputs.some(({ exit, stderr }) => exit === 2 && UNKNOWN.test(cleanText(stderr))),
  parse: (outputs, plan, mark, vantage) => {
    const tries = outputs.map((output) => read({ ...CURL, parse: (text) => triesOf(text, output) }, output));
    const lost = tries.find((reading) => !reading.known);
    if (lost !== undefined && !lost.known) return lost;
    const known = tries.flatMap((reading) => (reading.known ? [reading.value] : []));
    if (known.length === 0) return { known: false, gap: 'not-recorded', detail: 'no output of the marked SYNs' };
    return { known: true, value: sent(known, plan, mark, vantage) };
  },
  filter: (plan) => ({
    all: [
      { host: plan.to },
      { proto: 'tcp' },
      ...(plan.port === undefined ? [] : [{ port: plan.port, proto: 'tcp' as const }]),
    ],
    none: [],
  }),
};

const UNKNOWN = /^curl: option (-Z|--parallel-immediate|--no-progress-meter): /m;

/** One curl with all connections (7.68 or later). */
function atOnce(plan: StimulusPlan, mark: Mark): Command {
  const each = portsOf(plan, mark).map((port) => connection(plan, port, AT_ONCE));
  const connections = each.flatMap((words, index) => (index === 0 ? words : ['--next', ...words]));
  return {
    argv: ['curl', '-qv', '-Z', '--parallel-immediate', '--no-progress-meter', ...connections],
    deadlineMs: AT_ONCE[1] * 1000 + 3000,
    privileged: false,
    key: 'stimulus/tcp-syn/at-once',
  };
}

/** One curl per connection: before 7.66, one that failed took all that came after `--next` with it. */
function inTurn(plan: StimulusPlan, mark: Mark): Way {
  const [first, ...more] = portsOf(plan, mark).map((port, index): Command => ({
    argv: ['curl', '-qv', ...connection(plan, port, IN_TURN)],
    deadlineMs: IN_TURN[1] * 1000 + 1000,
    privileged: false,
    key: `stimulus/tcp-syn/in-turn/${index}`,
  }));
  return [first!, ...more];
}

function portsOf({ count }: StimulusPlan, mark: Mark): number[] {
  if (mark.proto !== 'tcp') throw new TypeError('a SYN bears no mark of another protocol');
  return Array.from({ length: count }, (_, index) => mark.firstPort + index);
}

/**
 * Options of one connection; `--next` forgets them. The format says the port itself: curl knows it only when connected. `-v` is for all
 * and given once, because curl 8.10 says the more the more often it is given; only it tells SYNs that the kernel had no route for.
 */
function connection({ to, port }: StimulusPlan, from: number, [answered, whole]: readonly [number, number]): string[] {
  const bounds = ['--connect-timeout', String(answered), '--max-time', String(whole)];
  const options = ['-gksS', '-o', '/dev/null', '--noproxy', '*', ...bounds, '--local-port', String(from)];
  return [
    ...options,
    '-w',
    `syn ${from} [%{local_ip}] %{num_connects} %{num_certs}\\n`,
    `https://${isIPv6(to) ? `[${to}]` : to}:${port}/`,
  ];
}

/** curl's exit status is that of one of the connections: 7 refused, 28 timed out, 35 to 60 connected but not HTTPS, 45 port in use. */
const CURL = {
  id: 'tcp-syn',
  reads: 'the marked SYNs',
  cheap: false,
  exits: [0, 1, 7, 16, 22, 28, 35, 45, 51, 52, 53, 55, 56, 58, 60, 77, 92],
  argv: () => ['curl'] as [string],
};

/**
 * Port, own address, connections and certificates, as curl 7.61, 7.68, 7.88, 8.5 and 8.16 print them. The address is known once the SYN
 * was answered, but to a newer curl only once TLS has succeeded, too. Connections are those that were answered, but to a curl before
 * 7.87 those that were begun; such a one does not know the number of certificates, a word of 7.88, and leaves it out.
 */
const LINE = /^syn (\d{1,5}) \[([\da-f.:]*)\] (\d+) (\d*)$/;
/** Said once for each SYN that never left: no route to the target, or a source port that was in use. */
const NOT_SENT = /^(([\d:.]+ )?(\[[\d-]+\] )?\* +Immediate connect fail for |curl: \(45\))/;

/** What one curl tried. */
interface Tries {
  readonly ports: readonly number[];
  /** The source that connected; `null` where none did. */
  readonly source: string | null;
  readonly unsent: number;
  readonly answered: number;
}

function triesOf(text: string, output: Output): Tries {
  const lines = text.split('\n').filter((line) => line !== '');
  const tries = lines.map((line) => {
    const [, port, source = '', connections, certificates] = LINE.exec(line) ?? [];
    if (port === undefined)
      throw new Unparsable(`not a line of the marked SYNs: ${JSON.stringify(line.slice(0, 160))}`);
    const answered = source !== '' || (certificates !== '' && connections !== '0');
    return { port: Number(port), source, answered };
  });
  if (tries.length === 0) throw new Unparsable('curl did not say what it sent');
  const said = cleanText(output.stderr).split('\n');
  const unsent = said.filter((line) => NOT_SENT.test(line)).length;
  const answered = tries.filter((one) => one.answered).length;
  if (unsent + answered > tries.length) throw new Unparsable('curl reported more connections than it tried');
  const source = tries.find((one) => one.source !== '')?.source ?? null;
  return { ports: tries.map(({ port }) => port), source, unsent, answered };
}

function sent(tries: readonly Tries[], plan: StimulusPlan, mark: Mark, vantage: Vantage): Sent {
  const ports = tries.flatMap((one) => one.ports);
  return {
    from: vantage.role,
    node: vantage.node,
    source: tries.find(({ source }) => source !== null)?.source ?? null,
    to: plan.to,
    port: plan.port ?? null,
    count: tries.reduce((sum, { unsent }) => sum - unsent, ports.length),
    answered: tries.reduce((sum, { answered }) => sum + answered, 0),
    mark: mark.proto === 'tcp' ? { ...mark, firstPort: Math.min(...ports), lastPort: Math.max(...ports) } : mark,
  };
}
