// A client's SYN is sent again after one second (RFC 6298, TCP_TIMEOUT_INIT); a connection given up before is exactly one SYN.
// Ports from 61000 are above Linux's default ephemeral range (ip_local_port_range, 32768 to 60999), so nobody else's flow bears the
// mark by chance: https://docs.kernel.org/networking/ip-sysctl.html and https://curl.se/docs/manpage.html (curl 7.36 or later)
import { isIP, isIPv6 } from 'node:net';
import type { Mark, Output, Sent, StimulusPlan } from '../model/index.ts';
import type { Command } from '../port.ts';
import { Unparsable, cleanText, read } from '../probe/probe.ts';
import type { Stimulus, Vantage } from './stimulus.ts';
import { checkCount } from './stimulus.ts';

const FIRST_PORT = 61_000;
const LAST_PORT = 64_999;
/**
 * How to send one round. All at once needs curl 7.68: each SYN gets 0.8 s, for the next one would leave after 1.0. One after the other
 * works with curl 7.36 as well, and then nobody wants to wait that long for each. Seconds; the second number is for everything, because
 * what follows the handshake is of no interest.
 */
const AT_ONCE = {
  name: 'at-once',
  options: ['-Z', '--parallel-immediate', '--no-progress-meter'],
  seconds: [0.8, 1],
} as const;
const IN_TURN = { name: 'in-turn', options: [], seconds: [0.4, 0.6] } as const;

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
  ways: (plan, mark) => [connecting(plan, mark, AT_ONCE), connecting(plan, mark, IN_TURN)],
  refused: ({ exit, stderr }) => exit === 2 && UNKNOWN.test(cleanText(stderr)),
  parse: (output, plan, mark, vantage) =>
    read({ ...CURL, parse: (text) => sent(text, output, plan, mark, vantage) }, output),
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

function connecting({ to, port, count }: StimulusPlan, mark: Mark, way: typeof AT_ONCE | typeof IN_TURN): Command {
  if (mark.proto !== 'tcp') throw new TypeError('a SYN bears no mark of another protocol');
  const { firstPort } = mark;
  const url = `https://${isIPv6(to) ? `[${to}]` : to}:${port}/`;
  const [answered, whole] = way.seconds;
  const each = Array.from({ length: count }, (_, index) => connection(url, firstPort + index, way.seconds));
  return {
    argv: [
      'curl',
      '-q',
      ...way.options,
      ...each.flatMap((words, index) => (index === 0 ? words : ['--next', ...words])),
    ],
    deadlineMs: (way === AT_ONCE ? whole : count * (answered + whole)) * 1000 + 3000,
    privileged: false,
    key: `stimulus/tcp-syn/${way.name}`,
  };
}

/**
 * Options of one connection; `--next` forgets them. The format says the port itself: curl knows it only when connected. Only `-v`
 * tells answered SYNs from refused ones, and those from SYNs that the kernel had no route for.
 */
function connection(url: string, port: number, [answered, whole]: readonly [number, number]): string[] {
  const bounds = ['--connect-timeout', String(answered), '--max-time', String(whole)];
  const options = ['-gkvsS', '-o', '/dev/null', '--noproxy', '*', ...bounds, '--local-port', String(port)];
  return [...options, '-w', `syn ${port} %{local_ip}\\n`, url];
}

/** curl's exit status is that of one of the connections: 7 refused, 28 timed out, 35 to 60 connected but not HTTPS, 45 port in use. */
const CURL = {
  id: 'tcp-syn',
  reads: 'the marked SYNs',
  cheap: false,
  exits: [0, 1, 7, 16, 22, 28, 35, 45, 51, 52, 53, 55, 56, 58, 60, 77, 92],
  argv: () => ['curl'] as [string],
};

const LINE = /^syn (\d{1,5}) ?([\da-f.:]*)$/;
/** Said once for each SYN that was answered; `time_connect` stays 0 where TLS then failed (curl 7.88). */
const CONNECTED = /^\* +(Connected|Established connection) to /;
/** Said once for each SYN that never left: no route to the target, or a source port that was in use. */
const NOT_SENT = /^(\* +Immediate connect fail for |curl: \(45\))/;

function sent(text: string, output: Output, plan: StimulusPlan, mark: Mark, vantage: Vantage): Sent {
  const lines = text.split('\n').filter((line) => line !== '');
  const tries = lines.map((line) => {
    const [, port, source = ''] = LINE.exec(line) ?? [];
    if (port === undefined)
      throw new Unparsable(`not a line of the marked SYNs: ${JSON.stringify(line.slice(0, 160))}`);
    return { port: Number(port), source };
  });
  if (tries.length === 0) throw new Unparsable('curl did not say what it sent');
  const ports = tries.map(({ port }) => port);
  const said = cleanText(output.stderr).split('\n');
  const unsent = said.filter((line) => NOT_SENT.test(line)).length;
  const answered = said.filter((line) => CONNECTED.test(line)).length;
  if (unsent + answered > tries.length) throw new Unparsable('curl reported more connections than it tried');
  return {
    from: vantage.role,
    node: vantage.node,
    source: (answered > 0 && tries.find(({ source }) => source !== '')?.source) || null,
    to: plan.to,
    port: plan.port ?? null,
    count: tries.length - unsent,
    answered,
    mark: mark.proto === 'tcp' ? { ...mark, firstPort: Math.min(...ports), lastPort: Math.max(...ports) } : mark,
  };
}
