import { describe, expect, test } from 'vitest';
import type { Answer } from '../../src/model/index.ts';
import { sysctlFiles, sysctlIpv4 } from '../../src/probe/index.ts';
import { remediations } from '../../src/remediation/index.ts';
import { answered, I3, I3_SICK, I3_TRAP, i3Answers, lost, sysctlText } from '../fake/scene.ts';
import { argvs, drafted, fitting, found, MANAGEMENT } from './draft.ts';

const SICK = i3Answers(I3_SICK);
const TRAP = i3Answers(I3_TRAP);
const ALL = found(I3, SICK, 'forwarding-off');
const ONE = found(I3, TRAP, 'uplink-forwarding-off');
const settings = (text: string): Answer => answered('subject', sysctlIpv4, {}, text);

describe('switch-forwarding-on', () => {
  test('writes ip_forward alone', () => {
    expect(argvs(fitting('switch-forwarding-on', ALL, I3, SICK).steps)).toEqual([
      ['sysctl', '-w', 'net/ipv4/ip_forward=1'],
    ]);
  });

  test('restores ip_forward first, then all and default, then every device', () => {
    const [undo] = argvs(fitting('switch-forwarding-on', ALL, I3, SICK).undo);
    expect(undo?.slice(0, 3)).toEqual(['sysctl', '-w', 'net/ipv4/ip_forward=0']);
    expect(undo?.slice(3)).toEqual(
      ['all', 'default', 'lo', 'eth0', 'cali1'].flatMap((device) => [
        `net/ipv4/conf/${device}/forwarding=${device === 'cali1' ? '1' : '0'}`,
        `net/ipv4/conf/${device}/accept_redirects=1`,
      ]),
    );
  });

  test('wants ip_forward to say what it said, line feed included', () => {
    expect(fitting('switch-forwarding-on', ALL, I3, SICK).preconditions).toEqual([
      { argv: ['sysctl', 'net/ipv4/ip_forward'], stdout: 'net.ipv4.ip_forward = 0\n' },
    ]);
  });

  test('changes no door', () => {
    expect(fitting('switch-forwarding-on', ALL, I3, SICK, MANAGEMENT).doors).toEqual({
      closes: [],
      opens: [],
      confirmThrough: ['192.168.7.7'],
    });
    expect(fitting('switch-forwarding-on', ALL, I3, SICK, null).doors.confirmThrough).toEqual(['10.39.0.110']);
  });

  test('names who will switch it off again, and who merely switches it on', () => {
    const files =
      'file /etc/sysctl.d/10-a.conf -> \nfile /etc/sysctl.d/90-b.conf -> \n' +
      '/etc/sysctl.d/10-a.conf:1:net.ipv4.ip_forward = 1\n/etc/sysctl.d/90-b.conf:2:net.ipv4.ip_forward = 0\n';
    const known = [...SICK, answered('subject', sysctlFiles, {}, files)];
    const [who] = fitting('switch-forwarding-on', found(I3, known, 'forwarding-off'), I3, known).durable;
    expect(who).toBe('It will come back: /etc/sysctl.d/90-b.conf:2 net.ipv4.ip_forward = 0.');
    expect(fitting('switch-forwarding-on', ALL, I3, SICK).durable[0]).toMatch(/^No sysctl file on dev-slave-110/);
  });

  test.each<[string, readonly Answer[], RegExp]>([
    ['the settings are a gap', SICK.map((answer) => lost(answer, 'truncated')), /could not be read/],
    [
      'a device is called like an option',
      [...SICK, settings(sysctlText(I3_SICK, '--help'))],
      /does not write into commands/,
    ],
    ['a device is a pattern', [...SICK, settings(sysctlText(I3_SICK, '*'))], /does not write into commands/],
    ['a device is an assignment', [...SICK, settings(sysctlText(I3_SICK, 'a=b'))], /does not write into commands/],
    [
      'a value to restore is no number',
      [...SICK, settings(`net.ipv4.conf.eth0.accept_redirects = $(id)\n${sysctlText(I3_SICK, 'eth1')}`)],
      /not a number/,
    ],
    [
      'a value to restore is empty',
      [...SICK, settings(`net.ipv4.conf.eth0.accept_redirects =\n${sysctlText(I3_SICK, 'eth1')}`)],
      /not a number/,
    ],
  ])('does not fit where %s', (_, answers, why) => {
    expect(drafted('switch-forwarding-on', ALL, I3, answers)).toMatch(why);
  });
});

describe('switch-uplink-forwarding-on', () => {
  test('writes the one device and restores the one device', () => {
    const draft = fitting('switch-uplink-forwarding-on', ONE, I3, TRAP);
    expect(argvs(draft.steps)).toEqual([['sysctl', '-w', 'net/ipv4/conf/eth0/forwarding=1']]);
    expect(argvs(draft.undo)).toEqual([['sysctl', '-w', 'net/ipv4/conf/eth0/forwarding=0']]);
    expect(draft.preconditions).toEqual([
      { argv: ['sysctl', 'net/ipv4/conf/eth0/forwarding'], stdout: 'net.ipv4.conf.eth0.forwarding = 0\n' },
    ]);
  });

  test('writes a dotted device under its own name and expects it as sysctl prints it', () => {
    const answers = i3Answers(I3_TRAP, 'bond0.39');
    const draft = fitting('switch-uplink-forwarding-on', found(I3, answers, 'uplink-forwarding-off'), I3, answers);
    expect(argvs(draft.steps)[0]?.[2]).toBe('net/ipv4/conf/bond0.39/forwarding=1');
    expect(draft.preconditions[0]?.stdout).toBe('net.ipv4.conf.bond0/39.forwarding = 0\n');
  });

  test('the trap: no remediation for it ever writes ip_forward', () => {
    const offered = remediations.filter(({ fixes }) => fixes.includes('uplink-forwarding-off'));
    expect(offered.map(({ id }) => id)).toEqual(['switch-uplink-forwarding-on', 'keep-forwarding-on']);
    for (const { id } of offered) {
      const draft = fitting(id, ONE, I3, [...TRAP, answered('subject', sysctlFiles, {}, '')]);
      expect(JSON.stringify([...draft.steps, ...draft.undo])).not.toContain('ip_forward');
    }
  });

  test.each<[string, readonly Answer[], RegExp]>([
    ['the setting is a gap', TRAP.map((answer) => lost(answer, 'timed-out')), /could not be read/],
    [
      'the device is not among the settings',
      [...TRAP, settings('net.ipv4.ip_forward = 1\n')],
      /forwarding setting of eth0 could not be read/,
    ],
  ])('does not fit where %s', (_, answers, why) => {
    expect(drafted('switch-uplink-forwarding-on', ONE, I3, answers)).toMatch(why);
  });

  test.each(['-z', '--help', '$(id)', 'all', 'default', '*', 'a=b', '__proto__x;', '..'])(
    'does not fit where the uplink is called %j',
    (uplink) => {
      const answers = [...TRAP, settings(sysctlText(I3_TRAP, uplink))];
      const finding = { ...ONE, facts: { ...ONE.facts, uplink } };
      expect(drafted('switch-uplink-forwarding-on', finding, I3, answers)).toMatch(/does not write into commands/);
    },
  );
});
