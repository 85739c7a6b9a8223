// A DNS server answers a query under the transaction that it bears (RFC 1035, 4.1.1), and neither NAT nor a tunnel changes that or the
// length, which EDNS padding makes unusual (RFC 7830). bash opens UDP sockets by itself, so that no node needs a DNS tool:
// https://www.gnu.org/software/bash/manual/html_node/Redirections.html https://www.rfc-editor.org/rfc/rfc7830
import { isIP, isIPv6 } from 'node:net';
import type { Mark, Sent, StimulusPlan } from '../model/index.ts';
import { lookupFilter } from '../model/index.ts';
import type { Command } from '../port.ts';
import { Unparsable, cleanText, read } from '../probe/probe.ts';
import type { Stimulus, Vantage } from './stimulus.ts';
import { checkCount } from './stimulus.ts';

const UDP_HEADER = 8;
const IP_HEADERS = { four: 20, six: 40 } as const;
/** Transactions that leave room for every round, and are no small numbers, which careless programs use. */
const FIRST_ID = 0x1000;
const LAST_ID = 0xefff;
/** Longer than nearly every name makes a query, and short enough for every tunnel and for servers without EDNS (512). */
const SHORTEST = 241;
const LONGEST = 491;
/** Seconds for each answer; all are awaited at once. */
const PATIENCE = 1;

/**
 * Opens one socket per query, sends it as one datagram (dd gathers what printf may write in pieces) and reads the first four bytes of
 * what comes back: transaction, flags and response code. Words: address, port, and each query as escapes of bytes.
 */
const SCRIPT = `for tool in dd od timeout; do
  command -v $tool >/dev/null || { echo "$tool: not found" >&2; exit 127; }
done
to=$1 port=$2
shift 2
for query; do
  if exec {socket}<>"/dev/udp/$to/$port"; then
    if printf %b "$query" | dd bs=512 count=1 iflag=fullblock 2>/dev/null >&"$socket"; then
      echo "query \${query:2:2}\${query:6:2} $((\${#query} / 4))"
      { said=$(timeout ${PATIENCE} dd bs=4 count=1 <&"$socket" 2>/dev/null | od -An -tx1) && echo "answer$said"; } &
    fi
    exec {socket}>&-
  fi
done
wait`;

/** One query for an address per transaction. What a server refuses, or cuts off, is not answered; that there is no such name is. */
export const dnsQuery: Stimulus = {
  id: 'dns-query',
  sends: 'marked DNS queries',
  marks: (plan, rounds, nonce) => {
    checkCount(plan.count);
    if (isIP(plan.to) === 0) throw new TypeError(`not an IP address: ${plan.to}`);
    if (plan.port !== DNS_PORT) throw new TypeError('DNS queries go to port 53, where captures look for them');
    const shortest = Math.max(SHORTEST, headers(plan.to) + message(0, nameOf(plan), 0).length);
    if (shortest > LONGEST) throw new TypeError(`the name is too long: ${plan.name}`);
    const totalLength = nonce.between(shortest, LONGEST);
    const first = nonce.between(FIRST_ID, LAST_ID - rounds * plan.count + 1);
    return Array.from({ length: rounds }, (_, round) => {
      const firstId = first + round * plan.count;
      return { proto: 'dns', firstId, lastId: firstId + plan.count - 1, totalLength };
    });
  },
  ways: (plan, mark) => [[asking(plan, mark)]],
  refused: () => false,
  parse: ([output], plan, mark, vantage) => {
    if (output === undefined)
      return { known: false, gap: 'not-recorded', detail: 'no output of the marked DNS queries' };
    if (WITHOUT_SOCKETS.test(cleanText(output.stderr)))
      return { known: false, gap: 'not-installed', detail: 'a bash that can open UDP sockets' };
    return read({ ...BASH, parse: (text) => sent(text, plan, mark, vantage) }, output);
  },
  filter: () => lookupFilter(DNS_PORT),
};

const DNS_PORT = 53;
/** Said by a bash that was built without them. */
const WITHOUT_SOCKETS = /\/dev\/udp\/[\da-f.:]+\/53: No such file or directory$/m;
const BASH = { id: 'dns-query', reads: 'the marked DNS queries', cheap: false, argv: () => ['bash'] as [string] };

function asking(plan: StimulusPlan, mark: Mark): Command {
  if (mark.proto !== 'dns') throw new TypeError('a DNS query bears no mark of another protocol');
  const name = nameOf(plan);
  const padding = mark.totalLength - headers(plan.to) - message(0, name, 0).length;
  const queries = Array.from({ length: plan.count }, (_, index) => message(mark.firstId + index, name, padding));
  return {
    // Started by sshd, bash would read the start files of the user even here.
    argv: ['bash', '--norc', '-c', SCRIPT, 'dns-query', plan.to, String(DNS_PORT), ...queries.map(escaped)],
    deadlineMs: PATIENCE * 1000 + 4000,
    privileged: false,
    key: 'stimulus/dns-query',
  };
}

/** Labels of letters, digits and hyphens, as names of hosts have. RFC 1123, 2.1 */
function nameOf({ name = '' }: StimulusPlan): string {
  if (!/^(?=.{1,253}$)[a-z\d]([a-z\d-]{0,61}[a-z\d])?(\.[a-z\d]([a-z\d-]{0,61}[a-z\d])?)*$/i.test(name))
    throw new TypeError(`not the name of a host: ${name}`);
  return name;
}

function headers(to: string): number {
  return (isIPv6(to) ? IP_HEADERS.six : IP_HEADERS.four) + UDP_HEADER;
}

/** A query for an IPv4 address that wants recursion, with an option of zeros that makes it as long as it should be. */
function message(id: number, name: string, padding: number): Uint8Array {
  const labels = name.split('.').flatMap((label) => [label.length, ...new TextEncoder().encode(label)]);
  const header = [id, 0x0100, 1, 0, 0, 1].flatMap(two);
  const asked = [...labels, 0, ...two(1), ...two(1)];
  const option = [...two(12), ...two(padding), ...Array.from({ length: padding }, () => 0)];
  const edns = [0, ...two(41), ...two(1232), ...two(0), ...two(0), ...two(option.length)];
  return new Uint8Array([...header, ...asked, ...edns, ...option]);
}

function two(value: number): number[] {
  return [value >> 8, value & 0xff];
}

function escaped(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}

const QUERY = /^query ([\da-f]{4}) (\d{2,3})$/;
const ANSWER = /^answer((?: [\da-f]{2}){4})$/;

function sent(text: string, plan: StimulusPlan, mark: Mark, vantage: Vantage): Sent {
  const lines = text.split('\n').filter((line) => line !== '' && line !== 'answer');
  const asked = lines.flatMap((line) => {
    const [, id, length] = QUERY.exec(line) ?? [];
    return id === undefined ? [] : [{ id: Number.parseInt(id, 16), length: Number(length) }];
  });
  const ids = asked.map(({ id }) => id);
  const answers = lines.flatMap((line) => {
    const [, said] = ANSWER.exec(line) ?? [];
    return said === undefined
      ? []
      : [
          said
            .trim()
            .split(' ')
            .map((byte) => Number.parseInt(byte, 16)),
        ];
  });
  const odd = lines.find((line) => !QUERY.test(line) && !ANSWER.test(line));
  if (odd !== undefined) throw new Unparsable(`not a line of the marked queries: ${JSON.stringify(odd.slice(0, 160))}`);
  const good = new Set(answers.flatMap((bytes) => answeredId(bytes)));
  const [first] = asked;
  return {
    from: vantage.role,
    node: vantage.node,
    source: null,
    to: plan.to,
    port: DNS_PORT,
    count: asked.length,
    answered: ids.filter((id) => good.has(id)).length,
    mark:
      first === undefined
        ? mark
        : {
            proto: 'dns',
            firstId: Math.min(...ids),
            lastId: Math.max(...ids),
            totalLength: headers(plan.to) + first.length,
          },
  };
}

/** The transaction of a whole answer without an error, or that says there is no such name. */
function answeredId([high = 0, low = 0, flags = 0, rcode = 0]: readonly number[]): number[] {
  const whole = (flags & 0x80) !== 0 && (flags & 0x02) === 0;
  return whole && [0, 3].includes(rcode & 0x0f) ? [high * 256 + low] : [];
}
