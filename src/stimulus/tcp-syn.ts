// A client's SYN is sent again after one second (RFC 6298, TCP_TIMEOUT_INIT); a connection given up before is exactly one SYN.
// Ports from 61000 are above Linux's default ephemeral range (ip_local_port_range, 32768 to 60999), so nobody else's flow bears the
// mark by chance: https://docs.kernel.org/networking/ip-sysctl.html and https://curl.se/docs/manpage.html (curl 7.36 or later)
import { isIP, isIPv6 } from 'node:net';
import type { Mark, Output, Sent, StimulusPlan } from '../model/index.ts';
import { Unparsable, cleanText, read } from '../probe/probe.ts';
import type { Stimulus, Vantage } from './stimulus.ts';
import { checkCount } from './stimulus.ts';

const FIRST_PORT = 61_000;
const LAST_PORT = 64_999;
/** Seconds to wait for the SYN-ACK: the next SYN would leave after 1.0. */
const ANSWER_WITHIN = '0.8';
/** Seconds for everything; what follows the handshake is of no interest. */
const WHOLE = '1';

/** One SYN per source port, one after the other. A refused connection is not answered; a TLS error after the handshake is. */
export const tcpSyn: Stimulus = {
  id: 'tcp-syn',
  sends: 'marked SYNs',
  build: (plan, nonce) => {
    checkCount(plan.count);
    const { port } = plan;
    if (isIP(plan.to) === 0) throw new TypeError(`not an IP address: ${plan.to}`);
    if (port === undefined || !Number.isInteger(port) || port < 1 || port > 65_535)
      throw new TypeError('no TCP port to send to');
    const firstPort = nonce.between(FIRST_PORT, LAST_PORT - plan.count + 1);
    const url = `https://${isIPv6(plan.to) ? `[${plan.to}]` : plan.to}:${port}/`;
    const each = Array.from({ length: plan.count }, (_, index) => connecting(url, firstPort + index));
    return {
      commands: [
        {
          argv: ['curl', '-q', ...each.flatMap((words, index) => (index === 0 ? words : ['--next', ...words]))],
          deadlineMs: plan.count * 1000 + 3000,
          privileged: false,
          key: 'stimulus/tcp-syn/0',
        },
      ],
      mark: { proto: 'tcp', firstPort, lastPort: firstPort + plan.count - 1 },
    };
  },
  parse: ([output], plan, mark, vantage) =>
    output === undefined
      ? { known: false, gap: 'not-recorded', detail: 'no output of the marked SYNs' }
      : read({ ...CURL, parse: (text) => sent(text, output, plan, mark, vantage) }, output),
  filter: (plan) => ({
    all: [
      { host: plan.to },
      { proto: 'tcp' },
      ...(plan.port === undefined ? [] : [{ port: plan.port, proto: 'tcp' as const }]),
    ],
    none: [],
  }),
};

/**
 * Options of one connection; `--next` forgets them. The format says the port itself: curl knows it only when connected. Only `-v`
 * tells answered SYNs from refused ones, and those from SYNs that the kernel had no route for.
 */
function connecting(url: string, port: number): string[] {
  const options = [
    '-gkvsS',
    '-o',
    '/dev/null',
    '--noproxy',
    '*',
    '--connect-timeout',
    ANSWER_WITHIN,
    '--max-time',
    WHOLE,
  ];
  return [...options, '--local-port', String(port), '-w', `syn ${port} %{local_ip}\\n`, url];
}

/** curl's exit status is that of the last connection: 7 refused, 28 timed out, 35 to 60 connected but not HTTPS, 45 port in use. */
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
