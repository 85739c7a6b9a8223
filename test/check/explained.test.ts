import { describe, expect, test } from 'vitest';
import { COUNTERS, meaningOf } from '../../src/check/counters.ts';
import { explained } from '../../src/check/explained.ts';
import { counted, rise } from '../fake/scene.ts';

const told = (...counters: Parameters<typeof rise>[]) =>
  explained(counted('arrived-not-answered', { counters: counters.map((one) => rise(...one)) }));

describe('what became of the packets, whatever the findings are', () => {
  test('is said by every exact counter, drops before what was forwarded', () => {
    expect(told(['IpForwDatagrams', 7], ['TcpOutRsts', 7], ['IpFragFails', 7])).toEqual([
      {
        counter: 'IpFragFails',
        means: 'dropped',
        sentence:
          'The node dropped 7 of our 7 packets, each time: they were too big for the next link and must not be cut (IpFragFails rose by 7 and again by 7, and by 0 in the quiet window between).',
      },
      expect.objectContaining({ counter: 'TcpOutRsts', means: 'refused' }),
      expect.objectContaining({ counter: 'IpForwDatagrams', means: 'forwarded' }),
    ]);
  });

  test('is said by devices, rules, policies and connection tracking as well', () => {
    const names = ['otherhost of flannel.1', 'policy DROP of FORWARD', 'rule -A INPUT -j DROP', 'conntrack drop'];
    expect(told(...names.map((name) => [name, 7] as [string, number])).map(({ counter }) => counter)).toEqual(names);
    expect(new Set(names.map((name) => meaningOf(name).because)).size).toBe(names.length);
  });

  test.each<[string, Parameters<typeof rise>]>([
    ['more than was sent', ['IpInAddrErrors', 8]],
    ['once', ['IpInAddrErrors', [7, 0]]],
    ['in the quiet window too', ['IpInAddrErrors', 7, 1]],
  ])('is not said by one that rose by %s', (_, one) => expect(told(one)).toEqual([]));

  test('is not asked where they were answered', () => {
    expect(explained(counted('answered', { counters: [rise('IpForwDatagrams', 7)] }))).toEqual([]);
  });
});

test('every counter has one reason, and no name tricks the table', () => {
  for (const name of Object.keys(COUNTERS)) expect(meaningOf(name).because).toMatch(/^[a-z].*[^.]$/);
  expect(meaningOf('constructor')).toEqual(meaningOf('rx dropped of eth0'));
});
