import { describe, expect, test } from 'vitest';
import type { Mark, Output, StimulusPlan } from '../../src/model/index.ts';
import { compileFilter } from '../../src/capture/index.ts';
import { dnsQuery } from '../../src/stimulus/index.ts';
import { outputOf } from '../probe/recorded-output.ts';

const name = 'kubernetes.default.svc.cluster1.local';
const plan: StimulusPlan = { stimulus: 'dns-query', from: 'subject', to: '10.96.0.10', port: 53, name, count: 3 };
const vantage = { role: 'subject', node: 'kylin-19' } as const;
const mark = { proto: 'dns', firstId: 0x7108, lastId: 0x710a, totalLength: 300 } as const;
const lowest = { between: (low: number) => low };
const highest = { between: (_: number, high: number) => high };
const parse = (output: Output) => dnsQuery.parse([output], plan, mark, vantage);

/** The bytes of the queries that the command would send. */
function queries(of: StimulusPlan, under: Mark = mark): Buffer[] {
  const [[command]] = dnsQuery.ways(of, under);
  return command.argv.slice(7).map((word) => Buffer.from(word.replaceAll('\\x', ''), 'hex'));
}

describe('marked DNS queries as a command', () => {
  test('one bash sends all of them, and no word of it is made of text', () => {
    const [[command, ...more], ...other] = dnsQuery.ways(plan, mark);
    const [again] = dnsQuery.ways({ ...plan, to: 'fd00:10:96::a', name: 'a.b' }, mark)[0];
    expect([more, other]).toEqual([[], []]);
    expect(command).toMatchObject({ deadlineMs: 5000, privileged: false, key: 'stimulus/dns-query' });
    expect(command.argv.slice(0, 3)).toEqual(['bash', '--norc', '-c']);
    expect(command.argv.slice(4, 7)).toEqual(['dns-query', '10.96.0.10', '53']);
    expect(command.argv[3]).toBe(again?.argv[3]);
    expect(command.argv.slice(7).every((word) => /^(\\x[\da-f]{2})+$/.test(word))).toBe(true);
  });

  test('each has a transaction of the mark, the name, and the length of the mark', () => {
    const [first, second, third] = queries(plan);
    expect([first, second, third].map((query) => query?.readUInt16BE(0))).toEqual([0x7108, 0x7109, 0x710a]);
    expect(first).toHaveLength(300 - 28);
    expect(first?.subarray(2, 12).toString('hex')).toBe('01000001000000000001');
    const labels = name.split('.').map((label) => `${String.fromCodePoint(label.length)}${label}`);
    expect(first?.subarray(12, 12 + name.length + 2).toString('latin1')).toBe(`${labels.join('')}\0`);
    expect(queries({ ...plan, to: 'fd00:10:96::a' })[0]).toHaveLength(300 - 48);
  });

  test.each([
    ['lowest', lowest],
    ['highest', highest],
  ])('two rounds share no transaction, and no length is one that resolvers use (%s)', (_, nonce) => {
    const marks = dnsQuery.marks(plan, 2, nonce).flatMap((one) => (one.proto === 'dns' ? [one] : []));
    const ids = marks.flatMap(({ firstId, lastId }) => [firstId, lastId]);
    expect(ids.toSorted((a, b) => a - b)).toEqual(ids);
    expect(new Set(ids).size).toBe(4);
    expect(ids.every((id) => id >= 0x1000 && id <= 0xefff)).toBe(true);
    expect(marks.every(({ totalLength }) => totalLength > 200 && totalLength <= 491)).toBe(true);
  });

  test('a long name has room for its padding', () => {
    const long = Array.from({ length: 3 }, () => 'a'.repeat(62)).join('.');
    const [longest] = dnsQuery.marks({ ...plan, name: long }, 1, lowest);
    expect(longest).toMatchObject({ totalLength: 28 + 12 + 190 + 4 + 15 });
    expect(queries({ ...plan, name: long }, { ...mark, totalLength: 249 })[0]).toHaveLength(249 - 28);
  });

  test.each<[string, Partial<StimulusPlan>]>([
    ['a name instead of an address', { to: 'example.org' }],
    ['a path instead of an address', { to: '10.0.0.1/../../tcp/10.0.0.1' }],
    ['another port', { port: 54 }],
    ['no name', { name: '' }],
    ['a name that is none', { name: 'a..b' }],
    ['a name with a shell in it', { name: '$(reboot).local' }],
    ['a name with an escape in it', { name: String.raw`a\x00b` }],
    ['a label that is too long', { name: 'a'.repeat(64) }],
    ['no packets', { count: 0 }],
    ['a load of packets', { count: 1000 }],
  ])('%s is not sent', (_, change) => {
    expect(() => dnsQuery.marks({ ...plan, ...change }, 1, lowest)).toThrow(TypeError);
  });

  test('no mark of another protocol fits', () => {
    expect(() => dnsQuery.ways(plan, { proto: 'icmp', totalLength: 300 })).toThrow(TypeError);
  });

  test('a capture sees queries and answers under every address, and what is said of them', () => {
    expect(compileFilter(dnsQuery.filter(plan))).toBe('(udp port 53 or (icmp or icmp6))');
  });
});

const SENT = 'query 710a 272\nquery 7108 272\nquery 7109 272\n';

describe('what became of marked DNS queries', () => {
  test.each([
    ['all answered', 'answer 71 0a 81 80\nanswer 71 08 85 00\nanswer 71 09 81 80\n', 3],
    ['that there is no such name', 'answer 71 0a 81 83\nanswer\nanswer\n', 1],
    ['none answered', 'answer\nanswer\nanswer\n', 0],
    ['refused by the server', 'answer 71 0a 81 82\nanswer 71 09 81 85\n', 0],
    ['cut off', 'answer 71 0a 83 80\n', 0],
    ['another transaction', 'answer 00 01 81 80\n', 0],
    ['one query that came back as it was', 'answer 71 0a 01 00\n', 0],
    ['one answered twice', 'answer 71 0a 81 80\nanswer 71 0a 81 80\n', 1],
  ])('%s', (_, said, answered) => {
    expect(parse(outputOf(SENT + said))).toEqual({
      known: true,
      value: { from: 'subject', node: 'kylin-19', source: null, to: '10.96.0.10', port: 53, count: 3, answered, mark },
    });
  });

  test('the mark is the one that was really sent, as in a recording', () => {
    const other = 'query 2000 213\nquery 2001 213\nanswer 20 00 81 80\nanswer\n';
    const told = { proto: 'dns', firstId: 0x2000, lastId: 0x2001, totalLength: 241 };
    expect(parse(outputOf(other))).toMatchObject({ known: true, value: { count: 2, answered: 1, mark: told } });
  });

  test('no route means that none was sent', () => {
    const said =
      'dns-query: connect: Network is unreachable\ndns-query: line 7: /dev/udp/10.96.0.10/53: Network is unreachable\n';
    expect(parse(outputOf('', 0, said))).toMatchObject({ known: true, value: { count: 0, answered: 0, mark } });
  });

  test.each<[string, Output, string]>([
    [
      'no bash',
      outputOf('', 127, "timeout: failed to run command 'bash': No such file or directory\n"),
      'not-installed',
    ],
    ['no dd', outputOf('', 127, 'dd: not found\n'), 'not-installed'],
    [
      'a bash without sockets',
      outputOf('', 0, 'dns-query: line 7: /dev/udp/10.96.0.10/53: No such file or directory\n'),
      'not-installed',
    ],
    ['words that nobody knows', outputOf('query 7108 272\nhello\n'), 'unparsable'],
    ['a cut line', outputOf('query 7108 272\nanswer 71 0'), 'unparsable'],
    ['an error', outputOf('', 2, 'dns-query: syntax error\n'), 'unparsable'],
  ])('%s is a gap', (_, output, gap) => {
    expect(parse(output)).toMatchObject({ known: false, gap });
  });

  test('no output at all is not recorded', () => {
    expect(dnsQuery.parse([], plan, mark, vantage)).toMatchObject({ known: false, gap: 'not-recorded' });
  });
});
