import { array, assert, constantFrom, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Output, StimulusPlan } from '../../src/model/index.ts';
import { tcpSyn } from '../../src/stimulus/index.ts';
import { outputOf } from '../probe/recorded-output.ts';

const plan: StimulusPlan = { stimulus: 'tcp-syn', from: 'peer', to: '10.0.10.207', port: 10_250, count: 2 };
const vantage = { role: 'peer', node: 'ip-10-0-10-69' } as const;
const mark = { proto: 'tcp', firstPort: 61_000, lastPort: 61_001 } as const;
const parse = (output: Output) => tcpSyn.parse([output], plan, mark, vantage);

describe('marked SYNs as commands', () => {
  test('one curl sends all of them, each from its own port', () => {
    const { commands, mark: drawn } = tcpSyn.build(plan, { between: () => 62_500 });
    expect(drawn).toEqual({ proto: 'tcp', firstPort: 62_500, lastPort: 62_501 });
    expect(commands).toHaveLength(1);
    const [command] = commands;
    expect(command).toMatchObject({ key: 'stimulus/tcp-syn/0', privileged: false });
    const argv = command?.argv ?? [];
    expect(argv.slice(0, 2)).toEqual(['curl', '-q']);
    expect(argv.filter((word) => word === '--next')).toHaveLength(1);
    expect(argv.filter((_, at) => argv[at - 1] === '--local-port')).toEqual(['62500', '62501']);
    expect(argv.filter((word) => word === 'https://10.0.10.207:10250/')).toHaveLength(2);
  });

  test('the ports are drawn so that the last one is in range, too', () => {
    const asked: [number, number][] = [];
    tcpSyn.build({ ...plan, count: 7 }, { between: (low, high) => (asked.push([low, high]), high) });
    expect(asked).toEqual([[61_000, 64_993]]);
  });

  test('an IPv6 address stands in brackets', () => {
    const argv = tcpSyn.build({ ...plan, to: 'fd00::2' }, { between: (low) => low }).commands[0]?.argv;
    expect(argv).toContain('https://[fd00::2]:10250/');
  });

  test.each<[string, Partial<StimulusPlan>]>([
    ['a name instead of an address', { to: 'example.org' }],
    ['an option instead of an address', { to: '--output=/etc/passwd' }],
    ['an address with a path', { to: '10.0.0.1/../' }],
    ['port 0', { port: 0 }],
    ['a port that is none', { port: 65_536 }],
    ['no packets', { count: 0 }],
    ['a load of packets', { count: 51 }],
    ['half a packet', { count: 1.5 }],
  ])('%s is not sent', (_, change) => {
    expect(() => tcpSyn.build({ ...plan, ...change }, { between: (low) => low })).toThrow(TypeError);
  });

  test('a capture sees both directions of the port at the target', () => {
    expect(tcpSyn.filter(plan)).toEqual({
      all: [{ host: '10.0.10.207' }, { proto: 'tcp' }, { port: 10_250, proto: 'tcp' }],
      none: [],
    });
  });
});

describe('what became of marked SYNs', () => {
  test.each([
    ['curl 7.36', '* Connected to 10.0.10.207 (10.0.10.207) port 10250 (#0)\n'],
    ['curl 8.9', '* Connected to 10.0.10.207 (10.0.10.207) port 10250\n'],
    ['curl 8.16', '* Established connection to 10.0.10.207 (10.0.10.207 port 10250) from 10.0.10.69 port 61000 \n'],
  ])('a connection is recognised in what %s prints', (_, line) => {
    const both = `${line}curl: (56) OpenSSL SSL_read: reset\n${line}curl: (28) timed out\n`;
    expect(parse(outputOf('syn 61000 10.0.10.69\nsyn 61001 10.0.10.69\n', 28, both))).toEqual({
      known: true,
      value: {
        from: 'peer',
        node: 'ip-10-0-10-69',
        source: '10.0.10.69',
        to: '10.0.10.207',
        port: 10_250,
        count: 2,
        answered: 2,
        mark,
      },
    });
  });

  test.each([
    ['timed out', 28, 'curl: (28) Connection timed out after 801 milliseconds\n'],
    ['refused', 7, '* connect to 10.0.10.207 port 10250 failed: Connection refused\ncurl: (7) Failed to connect\n'],
  ])('a SYN that %s was sent and not answered', (_, exit, line) => {
    const reading = parse(outputOf('syn 61000 \nsyn 61001 \n', exit, line.repeat(2)));
    expect(reading).toMatchObject({ known: true, value: { source: null, count: 2, answered: 0 } });
  });

  test('the mark of a recording is its own', () => {
    const reading = parse(outputOf('syn 63101 \nsyn 63102 \nsyn 63103 \n', 28, ''));
    expect(reading).toMatchObject({ known: true, value: { count: 3, mark: { firstPort: 63_101, lastPort: 63_103 } } });
  });

  test.each<[string, Output, string]>([
    ['no curl', outputOf('', 127, 'sh: curl: not found\n'), 'not-installed'],
    ['a curl that is too old', outputOf('', 2, 'curl: option --next: is unknown\n'), 'unparsable'],
    ['a deadline', { ...outputOf('syn 61000 \n', 0), exit: null, timedOut: true }, 'timed-out'],
    ['other words', outputOf('hello\n', 0), 'unparsable'],
    ['nothing said', outputOf('', 7), 'unparsable'],
  ])('%s is a gap', (_, output, gap) => {
    expect(parse(output)).toMatchObject({ known: false, gap });
  });

  test('no output at all is not recorded', () => {
    expect(tcpSyn.parse([], plan, mark, vantage)).toMatchObject({ known: false, gap: 'not-recorded' });
  });

  test('any bytes give a number of packets that could be, or a gap', () => {
    const stdout = array(constantFrom('syn 61000 \n', 'syn 61001 10.0.0.1\n', 'syn x\n'));
    const stderr = array(constantFrom('* Connected to \n', 'curl: (45) \n', 'curl: (28) \n', '\u0000'));
    const status = integer({ min: 0, max: 99 });
    assert(
      property(stdout, stderr, status, (said, complained, exit) => {
        const reading = parse(outputOf(said.join(''), exit, complained.join('')));
        const { count, answered } = reading.known ? reading.value : { count: 0, answered: 0 };
        expect(answered).toBeGreaterThanOrEqual(0);
        expect(count).toBeGreaterThanOrEqual(answered);
        expect(said.length).toBeGreaterThanOrEqual(count);
      }),
      { numRuns: 200 },
    );
  });
});
