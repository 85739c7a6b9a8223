import { describe, expect, test } from 'vitest';
import type { Output, StimulusPlan } from '../../src/model/index.ts';
import { icmpEcho } from '../../src/stimulus/index.ts';
import { outputOf } from '../probe/recorded-output.ts';

const plan: StimulusPlan = { stimulus: 'icmp-echo', from: 'farEnd', to: '192.168.4.25', count: 7 };
const vantage = { role: 'farEnd', node: 'dev-slave-107' } as const;
const mark = { proto: 'icmp', totalLength: 300 } as const;
const parse = (output: Output) => icmpEcho.parse([output], plan, mark, vantage);

describe('marked echo requests as commands', () => {
  test('one ping sends all of them, with the length of the mark', () => {
    const [[quick], slower] = icmpEcho.ways(plan, { proto: 'icmp', totalLength: 245 });
    expect(quick).toEqual({
      argv: ['ping', '-n', '-c', '7', '-i', '0.02', '-W', '1', '-s', '217', '192.168.4.25'],
      deadlineMs: 4140,
      privileged: false,
      key: 'stimulus/icmp-echo/quick',
    });
    expect(slower).toEqual([
      {
        ...quick,
        argv: quick.argv.map((word) => (word === '0.02' ? '0.2' : word)),
        deadlineMs: 5400,
        key: 'stimulus/icmp-echo/unhurried',
      },
    ]);
  });

  test.each([
    ['iputils of 2019', 'ping: cannot flood; minimal interval allowed for user is 200ms\n', true],
    ['iputils of 2012', 'ping: cannot flood; minimal interval, allowed for user, is 200ms\n', true],
    ['no permission', 'ping: socket: Operation not permitted\n', false],
    ['no route', 'ping: connect: Network is unreachable\n', false],
  ])('%s sends only slower: %s', (_, said, refused) => {
    expect(icmpEcho.refused([outputOf('', 2, said)])).toBe(refused);
    expect(icmpEcho.refused([outputOf('', 0, said)])).toBe(false);
  });

  test('no payload is one that people or tools use, and no two rounds share one', () => {
    for (const end of [0, 1]) {
      const marks = icmpEcho.marks(plan, 2, { between: (...range) => range[end] ?? 0 });
      const payloads = marks.map((one) => (one.proto === 'icmp' ? one.totalLength - 28 : 0));
      expect(new Set(payloads).size).toBe(2);
      expect(payloads.every((payload) => payload > 64 && payload < 1300)).toBe(true);
    }
  });

  test.each<[string, Partial<StimulusPlan>]>([
    ['a name instead of an address', { to: 'example.org' }],
    ['an option instead of an address', { to: '-f' }],
    ['an IPv6 address', { to: 'fd00::2' }],
    ['no packets', { count: 0 }],
    ['a load of packets', { count: 1000 }],
  ])('%s is not sent', (_, change) => {
    expect(() => icmpEcho.marks({ ...plan, ...change }, 1, { between: (low) => low })).toThrow(TypeError);
  });

  test('a capture sees requests and replies of the target', () => {
    expect(icmpEcho.filter(plan)).toEqual({ all: [{ host: '192.168.4.25' }, { proto: 'icmp' }], none: [] });
  });
});

const IPUTILS = (received: number, extra = '') => `PING 192.168.4.25 (192.168.4.25) 217(245) bytes of data.

--- 192.168.4.25 ping statistics ---
7 packets transmitted, ${received} received, ${extra}${received === 7 ? 0 : 100}% packet loss, time 1203ms
`;

const BUSYBOX = `PING 192.168.4.25 (192.168.4.25): 217 data bytes
225 bytes from 192.168.4.25: seq=0 ttl=63 time=0.372 ms

--- 192.168.4.25 ping statistics ---
7 packets transmitted, 6 packets received, 14% packet loss
`;

describe('what became of marked echo requests', () => {
  test.each([
    ['iputils, all answered', outputOf(IPUTILS(7)), 7],
    ['iputils, none answered', outputOf(IPUTILS(0), 1), 0],
    ['iputils, neighbours that complain', outputOf(IPUTILS(0, '+3 errors, '), 1), 0],
    ['busybox', outputOf(BUSYBOX), 6],
  ])('%s', (_, output, answered) => {
    expect(parse(output)).toEqual({
      known: true,
      value: {
        from: 'farEnd',
        node: 'dev-slave-107',
        source: null,
        to: '192.168.4.25',
        port: null,
        count: 7,
        answered,
        mark: { proto: 'icmp', totalLength: 245 },
      },
    });
  });

  test('the source is known where ping names it', () => {
    const text = IPUTILS(7).replace(') 217', ') from 10.39.0.107 eth0: 217');
    expect(parse(outputOf(text))).toMatchObject({ known: true, value: { source: '10.39.0.107' } });
  });

  test.each(['ping: connect: Network is unreachable\n', 'connect: No route to host\n'])(
    '%s means that none was sent',
    (said) => {
      expect(parse(outputOf('', 2, said))).toMatchObject({ known: true, value: { count: 0, answered: 0, mark } });
    },
  );

  test.each<[string, Output, string]>([
    ['no ping', outputOf('', 127, 'timeout: failed to run command ping: No such file or directory\n'), 'not-installed'],
    ['no permission', outputOf('', 2, 'ping: socket: Operation not permitted\n'), 'denied'],
    ['a usage text', outputOf('', 2, 'ping: invalid argument: x\n'), 'unparsable'],
    ['a cut output', outputOf('PING 192.168.4.25 (192.168.4.25) 217(245) bytes of data.\n', 0), 'unparsable'],
  ])('%s is a gap', (_, output, gap) => {
    expect(parse(output)).toMatchObject({ known: false, gap });
  });

  test('no output at all is not recorded', () => {
    expect(icmpEcho.parse([], plan, mark, vantage)).toMatchObject({ known: false, gap: 'not-recorded' });
  });
});
