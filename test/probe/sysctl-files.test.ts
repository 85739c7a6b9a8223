import { describe, expect, test } from 'vitest';
import { read } from '../../src/probe/probe.ts';
import type { FileSetting } from '../../src/probe/sysctl-files.ts';
import { sysctlFiles, winner } from '../../src/probe/sysctl-files.ts';
import { outputOf } from './recorded-output.ts';

/** The settings of files, each given as its lines. */
function settingsOf(files: Readonly<Record<string, string>>): readonly FileSetting[] {
  const listed = Object.keys(files).map((file) => `file ${file} -> \n`);
  const found = Object.entries(files).flatMap(([file, text]) =>
    text.split('\n').flatMap((line, at) => (line === '' ? [] : [`${file}:${at + 1}:${line}\n`])),
  );
  const reading = read(sysctlFiles, outputOf([...listed, ...found].join('')));
  if (!reading.known) throw new Error(reading.detail);
  return reading.value.settings;
}

const FORWARD = 'net.ipv4.ip_forward';
const at = (setting: FileSetting | null) => setting && `${setting.file}:${setting.line}=${setting.value}`;

describe('which file decides a setting', () => {
  test.each<[string, Record<string, string>, string, string | null]>([
    ['nobody', {}, FORWARD, null],
    ['another key is set', { '/etc/sysctl.conf': 'net.ipv4.tcp_syncookies = 1' }, FORWARD, null],
    [
      'the later name',
      { '/etc/sysctl.d/10-a.conf': `${FORWARD}=1`, '/etc/sysctl.d/99-b.conf': `${FORWARD}=0` },
      FORWARD,
      '/etc/sysctl.d/99-b.conf:1=0',
    ],
    [
      'the later name, wherever it lies',
      { '/usr/lib/sysctl.d/99-b.conf': `${FORWARD} = 0`, '/etc/sysctl.d/10-a.conf': `${FORWARD}=1` },
      FORWARD,
      '/usr/lib/sysctl.d/99-b.conf:1=0',
    ],
    [
      'the higher directory of two equal names',
      { '/usr/lib/sysctl.d/50-x.conf': `${FORWARD}=0`, '/run/sysctl.d/50-x.conf': `${FORWARD}=1` },
      FORWARD,
      '/run/sysctl.d/50-x.conf:1=1',
    ],
    [
      'a file masked by one without the key',
      { '/usr/lib/sysctl.d/50-x.conf': `${FORWARD}=0`, '/etc/sysctl.d/50-x.conf': '' },
      FORWARD,
      null,
    ],
    [
      '/etc/sysctl.conf after all others',
      { '/etc/sysctl.conf': `${FORWARD}=0`, '/etc/sysctl.d/99-z.conf': `${FORWARD}=1` },
      FORWARD,
      '/etc/sysctl.conf:1=0',
    ],
    [
      'the later line of one file',
      { '/etc/sysctl.conf': `${FORWARD}=1\n${FORWARD}=0` },
      FORWARD,
      '/etc/sysctl.conf:2=0',
    ],
    [
      'the same variable under its other name',
      { '/etc/sysctl.d/10-a.conf': `${FORWARD}=1`, '/etc/sysctl.d/20-b.conf': 'net.ipv4.conf.all.forwarding=0' },
      FORWARD,
      '/etc/sysctl.d/20-b.conf:1=0',
    ],
    [
      'slashes, a dotted device, a leading minus',
      { '/etc/sysctl.conf': '- net/ipv4/conf/eth0.100/rp_filter = 1' },
      'net.ipv4.conf.eth0/100.rp_filter',
      '/etc/sysctl.conf:1=1',
    ],
    [
      'a pattern',
      { '/usr/lib/sysctl.d/50-default.conf': 'net.ipv4.conf.*.rp_filter = 2' },
      'net.ipv4.conf.eth1.rp_filter',
      '/usr/lib/sysctl.d/50-default.conf:1=2',
    ],
    [
      'an exact key before a later pattern',
      {
        '/etc/sysctl.d/10-a.conf': 'net.ipv4.conf.eth1.rp_filter = 1',
        '/etc/sysctl.d/90-b.conf': 'net.ipv4.conf.*.rp_filter = 2',
      },
      'net.ipv4.conf.eth1.rp_filter',
      '/etc/sysctl.d/10-a.conf:1=1',
    ],
  ])('%s', (_, files, key, decided) => {
    expect(at(winner(settingsOf(files), key))).toBe(decided);
  });

  test('a pattern that could take exponential time does not', () => {
    const settings = settingsOf({ '/etc/sysctl.conf': `net.ipv4.conf.${'*a'.repeat(200)}*.rp_filter = 1` });
    expect(winner(settings, `net.ipv4.conf.${'a'.repeat(199)}.rp_filter`)).toBeNull();
    expect(winner(settings, `net.ipv4.conf.${'a'.repeat(200)}.rp_filter`)).not.toBeNull();
  });
});
