import { array, assert, constantFrom, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Output, StimulusPlan } from '../../src/model/index.ts';
import { tcpSyn } from '../../src/stimulus/index.ts';
import { outputOf } from '../probe/recorded-output.ts';

const plan: StimulusPlan = { stimulus: 'tcp-syn', from: 'peer', to: '10.0.10.207', port: 10_250, count: 2 };
const vantage = { role: 'peer', node: 'ip-10-0-10-69' } as const;
const mark = { proto: 'tcp', firstPort: 61_000, lastPort: 61_001 } as const;
const parse = (...outputs: readonly Output[]) => tcpSyn.parse(outputs, plan, mark, vantage);
const lowest = { between: (low: number) => low };

describe('marked SYNs as commands', () => {
  test('one curl sends all of them at once, each from its own port', () => {
    const [[command]] = tcpSyn.ways(plan, { proto: 'tcp', firstPort: 62_500, lastPort: 62_501 });
    expect(command).toMatchObject({ key: 'stimulus/tcp-syn/at-once', privileged: false, deadlineMs: 4000 });
    const { argv } = command;
    expect(argv.slice(0, 5)).toEqual(['curl', '-qv', '-Z', '--parallel-immediate', '--no-progress-meter']);
    expect(argv.filter((word) => word === '--next')).toHaveLength(1);
    expect(argv.filter((_, at) => argv[at - 1] === '--local-port')).toEqual(['62500', '62501']);
    expect(argv.filter((word) => word === 'https://10.0.10.207:10250/')).toHaveLength(2);
  });

  test('an older curl sends one each, because a failure takes the rest of its commands with it, and waits less', () => {
    const [[atOnce], inTurn = []] = tcpSyn.ways(plan, mark);
    expect(inTurn.map(({ key }) => key)).toEqual(['stimulus/tcp-syn/in-turn/0', 'stimulus/tcp-syn/in-turn/1']);
    const after = (option: string, words: readonly string[]) => words.filter((_, at) => words[at - 1] === option);
    expect(inTurn.map(({ argv }) => after('--local-port', argv))).toEqual([['61000'], ['61001']]);
    expect(inTurn.map(({ argv }) => after('--connect-timeout', argv))).toEqual([['0.4'], ['0.4']]);
    expect(after('--connect-timeout', atOnce.argv)).toEqual(['0.8', '0.8']);
    expect(inTurn.flatMap(({ argv }) => argv)).not.toContain('-Z');
    expect(inTurn.flatMap(({ argv }) => argv)).not.toContain('--next');
  });

  test.each([
    ['curl 7.61', 'curl: option -Z: is unknown\n', true],
    ['curl 7.66', 'curl: option --parallel-immediate: is unknown\n', true],
    [
      'a libcurl without it',
      "curl: option --parallel-immediate: the installed libcurl version doesn't support this\n",
      true,
    ],
    ['a curl before 7.32', 'curl: option --connect-timeout: expected a proper numerical parameter\n', false],
    ['a node without curl', 'timeout: failed to run command curl: No such file or directory\n', false],
  ])('%s knows another way: %s', (_, said, refused) => {
    expect(tcpSyn.refused([outputOf('', 2, said)])).toBe(refused);
    expect(tcpSyn.refused([outputOf('', 7, said)])).toBe(false);
  });

  test('no two rounds share a port, and the last one is in range, too', () => {
    const asked: [number, number][] = [];
    const seven = { ...plan, count: 7 };
    const marks = tcpSyn.marks(seven, 2, { between: (low, high) => (asked.push([low, high]), high) });
    expect(asked).toEqual([[61_000, 64_986]]);
    expect(marks).toEqual([
      { proto: 'tcp', firstPort: 64_986, lastPort: 64_992 },
      { proto: 'tcp', firstPort: 64_993, lastPort: 64_999 },
    ]);
  });

  test('an IPv6 address stands in brackets', () => {
    expect(tcpSyn.ways({ ...plan, to: 'fd00::2' }, mark)[0][0].argv).toContain('https://[fd00::2]:10250/');
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
    expect(() => tcpSyn.marks({ ...plan, ...change }, 1, lowest)).toThrow(TypeError);
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
    ['curl 7.61, whose TLS failed', '[10.0.10.69] 1 ', '10.0.10.69'],
    ['curl 7.88, whose TLS failed', '[10.0.10.69] 1 0', '10.0.10.69'],
    ['curl 8.16, whose TLS failed', '[] 1 0', null],
    ['curl 8.16, whose TLS succeeded', '[10.0.10.69] 1 2', '10.0.10.69'],
  ])('an answer is recognised in what %s prints', (_, said, source) => {
    expect(parse(outputOf(`syn 61000 ${said}\nsyn 61001 ${said}\n`, 35, 'curl: (35) \n'.repeat(2)))).toEqual({
      known: true,
      value: {
        from: 'peer',
        node: 'ip-10-0-10-69',
        source,
        to: '10.0.10.207',
        port: 10_250,
        count: 2,
        answered: 2,
        mark,
      },
    });
  });

  test.each([
    ['timed out for curl 7.61', 28, '[] 1 ', 'curl: (28) Connection timed out after 801 milliseconds\n'],
    ['timed out for curl 8.16', 28, '[] 0 0', 'curl: (28) Connection timed out after 801 milliseconds\n'],
    ['was refused for curl 7.61', 7, '[] 1 ', '* connect to 10.0.10.207 port 10250 failed: Connection refused\n'],
    ['was refused for curl 8.16', 7, '[] 0 0', '* connect to 10.0.10.207 port 10250 failed: Connection refused\n'],
  ])('a SYN that %s was sent and not answered', (_, exit, said, line) => {
    const reading = parse(outputOf(`syn 61000 ${said}\nsyn 61001 ${said}\n`, exit, line.repeat(2)));
    expect(reading).toMatchObject({ known: true, value: { source: null, count: 2, answered: 0 } });
  });

  test.each([
    ['no route', '* Immediate connect fail for 10.0.10.207: Network is unreachable\n'],
    ['no route, with times', '22:43:31.523532 [1-1] * Immediate connect fail for 10.0.10.207: No route to host\n'],
    ['a source port that is in use', 'curl: (45) bind failed with errno 98: Address already in use\n'],
  ])('a SYN for which there is %s was not sent', (_, line) => {
    const reading = parse(outputOf('syn 61000 [10.0.10.69] 1 0\nsyn 61001 [] 0 0\n', 7, line));
    expect(reading).toMatchObject({ known: true, value: { count: 1, answered: 1 } });
  });

  test('the mark of a recording is its own', () => {
    const reading = parse(outputOf('syn 63101 [] 0 0\nsyn 63102 [] 0 0\nsyn 63103 [] 0 0\n', 28, ''));
    expect(reading).toMatchObject({ known: true, value: { count: 3, mark: { firstPort: 63_101, lastPort: 63_103 } } });
  });

  test.each<[string, Output, string]>([
    ['no curl', outputOf('', 127, 'sh: curl: not found\n'), 'not-installed'],
    [
      'a curl that is too old',
      outputOf('', 2, 'curl: option --connect-timeout: expected a proper numerical parameter\n'),
      'unparsable',
    ],
    ['a deadline', { ...outputOf('syn 61000 [] 0 0\n', 0), exit: null, timedOut: true }, 'timed-out'],
    ['other words', outputOf('hello\n', 0), 'unparsable'],
    ['nothing said', outputOf('', 7), 'unparsable'],
  ])('%s is a gap', (_, output, gap) => {
    expect(parse(output)).toMatchObject({ known: false, gap });
  });

  test('one after the other is what all of them came to together', () => {
    const answered = outputOf('syn 61000 [10.0.10.69] 1 \n', 60, 'curl: (60) \n');
    const lost = outputOf('syn 61001 [] 1 \n', 28, 'curl: (28) timed out\n');
    const unsent = outputOf('syn 61002 [] 0 \n', 7, '* Immediate connect fail for 10.0.10.207: No route to host\n');
    expect(parse(answered, lost, unsent)).toMatchObject({
      known: true,
      value: { source: '10.0.10.69', count: 2, answered: 1, mark: { firstPort: 61_000, lastPort: 61_002 } },
    });
    expect(parse(answered, outputOf('', 127))).toMatchObject({ known: false, gap: 'not-installed' });
  });

  test('no output at all is not recorded', () => {
    expect(parse()).toMatchObject({ known: false, gap: 'not-recorded' });
  });

  test('any bytes give a number of packets that could be, or a gap', () => {
    const stdout = array(constantFrom('syn 61000 [] 1 \n', 'syn 61001 [10.0.0.1] 1 0\n', 'syn x\n'));
    const stderr = array(constantFrom('* Immediate connect fail for \n', 'curl: (45) \n', 'curl: (28) \n', '\u0000'));
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
