import { describe, expect, test } from 'vitest';
import { ipAddr, ipLink, ipLinkStats, ipNeigh, ipRule, procNetDev, sysctlIpv4 } from '../../src/probe/index.ts';
import { read } from '../../src/probe/probe.ts';
import { recordedOutputs } from './recorded-output.ts';

const NAMES = [
  '$(id)',
  ';id>x',
  '`id`',
  '-z',
  '--help',
  '<!channel>',
  '__proto__',
  'constructor',
  'a\\b',
  'x\\',
  '=x',
  '*',
];
/** Names whose bytes are not shown: escape sequences, right-to-left override, bytes that are not UTF-8, zero-width space. */
const CLEANED = ['\uFFFD[31mred', '\uFFFDevil', '\uFFFD\uFFFD\uFFFD', 'z\uFFFD'];

function hostile(probe: Parameters<typeof read>[0] & { readonly id: string }): unknown {
  const recorded = recordedOutputs(probe.id).find(({ name }) => name.endsWith('hostile-names'));
  if (recorded === undefined) throw new Error(`${probe.id} has no output with hostile names`);
  const reading = read(probe, recorded.output);
  if (!reading.known) throw new Error(reading.detail);
  return reading.value;
}

const devicesOf = (rows: readonly { readonly device: string | null }[]) => rows.map(({ device }) => device);

describe('device names that the kernel takes and a careless reader trips over', () => {
  test.each([
    ['ip-link', () => devicesOf((hostile(ipLink) as ReturnType<typeof ipLink.parse>).links)],
    ['ip-addr', () => devicesOf((hostile(ipAddr) as ReturnType<typeof ipAddr.parse>).addresses)],
    ['ip-link-stats', () => devicesOf((hostile(ipLinkStats) as ReturnType<typeof ipLinkStats.parse>).links)],
    ['ip-neigh', () => devicesOf((hostile(ipNeigh) as ReturnType<typeof ipNeigh.parse>).neighbours)],
    ['proc-net-dev', () => devicesOf((hostile(procNetDev) as ReturnType<typeof procNetDev.parse>).devices)],
    ['sysctl-ipv4', () => Object.keys((hostile(sysctlIpv4) as ReturnType<typeof sysctlIpv4.parse>).devices)],
  ])('%s shows each as it is', (_, devices) => {
    expect(devices()).toEqual(expect.arrayContaining([...NAMES, ...CLEANED]));
  });

  test('T9: a device named eth0@z9 does not pass for eth0, and eth0 keeps its parent', () => {
    const { links } = hostile(ipLink) as ReturnType<typeof ipLink.parse>;
    expect(links.filter(({ device }) => device === 'eth0')).toEqual([
      expect.objectContaining({ index: 3, parent: 'z9' }),
    ]);
    expect(links.filter(({ device }) => device === 'eth0@z9')).toEqual([
      expect.objectContaining({ index: 29, parent: null }),
    ]);
    expect(links.filter(({ device }) => device === 'eth0@if2')).toHaveLength(1);
  });

  test('T9: __proto__ is a device like any other and changes no other object', () => {
    const { devices } = hostile(sysctlIpv4) as ReturnType<typeof sysctlIpv4.parse>;
    expect(Object.hasOwn(devices, '__proto__')).toBe(true);
    expect(devices['__proto__']).toEqual({ forwarding: '0', rp_filter: '0' });
    expect(({} as Record<string, unknown>)['forwarding']).toBeUndefined();
  });

  test('T9: a rule for a hostile device is one word', () => {
    const { rules } = hostile(ipRule) as ReturnType<typeof ipRule.parse>;
    expect(rules.map(({ iif }) => iif)).toContain('$(id)');
  });
});
