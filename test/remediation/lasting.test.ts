import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../src/model/index.ts';
import { interfaceConfig, services, sysctlFiles } from '../../src/probe/index.ts';
import { remediations } from '../../src/remediation/index.ts';
import type { Draft } from '../../src/remediation/remediation.ts';
import { eniAnswers, eniBound, I4B } from '../fake/eni.ts';
import { I2, I2_CAPTURED, I2_STALE, i2Answers } from '../fake/flannel.ts';
import { answered, GAPS, I3, I3_SICK, I3_TRAP, i3Answers, lost } from '../fake/scene.ts';
import { argvs, drafted, fitting, found } from './draft.ts';

const FORWARDING = '/etc/sysctl.d/99-zz-netdiag.conf';
/** What the search over sysctl files prints for these lines, in files that exist. */
function sysctls(...lines: readonly (readonly [file: string, text: string])[]): Answer {
  const listed = [...new Set(lines.map(([file]) => `file ${file} -> `))];
  return answered(
    'subject',
    sysctlFiles,
    {},
    [...listed, ...lines.map(([file, text]) => `${file}:2:${text}`), ''].join('\n'),
  );
}
const sick = (...more: Answer[]): Answer[] => [...i3Answers(I3_SICK), ...more];
const forwarding = (...more: Answer[]) =>
  drafted('keep-forwarding-on', found(I3, sick(...more), 'forwarding-off'), I3, sick(...more));
const OFF = ['/etc/sysctl.d/90-hardening.conf', 'net.ipv4.ip_forward = 0'] as const;
const written = (draft: Draft | string): string =>
  typeof draft === 'string'
    ? draft
    : draft.steps.map((step) => (step.kind === 'node-command' ? (step.stdin ?? '') : '')).join('');

describe('a lasting form', () => {
  test('is offered after a repair only, and repairs that it makes last exist', () => {
    const lasting = remediations.filter(({ lasts }) => lasts !== undefined);
    expect(lasting.map(({ id }) => id)).toEqual([
      'keep-forwarding-on',
      'keep-uplink-rpf-loose',
      'leave-cni-devices-alone',
    ]);
    for (const { lasts = [], fixes, risk } of lasting) {
      const made = lasts.map((id) => remediations.find((one) => one.id === id));
      expect(made.flatMap((one) => one?.fixes ?? ['unknown']).toSorted()).toEqual(fixes.toSorted());
      expect(risk).toBe(1);
    }
  });
});

describe('keep-forwarding-on', () => {
  test('writes one new file, takes exactly that one away, and wants it not to be there', () => {
    const draft = forwarding(sysctls(OFF)) as Draft;
    expect(draft.steps).toEqual([
      {
        kind: 'node-command',
        node: 'dev-slave-110',
        argv: ['install', '-D', '-m', '0644', '/dev/stdin', FORWARDING],
        stdin: '# Written by netdiag, after the same value had mended this node.\nnet.ipv4.ip_forward = 1\n',
      },
    ]);
    expect(argvs(draft.undo)).toEqual([['rm', '-f', FORWARDING]]);
    expect(draft.preconditions).toEqual([
      { argv: ['find', '/etc/sysctl.d', FORWARDING, '-maxdepth', '0'], stdout: '/etc/sysctl.d\n' },
    ]);
  });

  test('names the file that sets it to 0', () => {
    expect(forwarding(sysctls(OFF))).toMatchObject({
      safety: expect.stringContaining(
        'It wins over /etc/sysctl.d/90-hardening.conf:2 net.ipv4.ip_forward = 0.',
      ) as string,
    });
    expect(forwarding(sysctls())).toMatchObject({ safety: expect.stringContaining('No file sets it to 0.') as string });
  });

  test.each<[string, readonly (readonly [string, string])[], RegExp]>([
    [
      '/etc/sysctl.conf would win',
      [['/etc/sysctl.conf', 'net.ipv4.ip_forward=0']],
      /sysctl\.conf:2 is applied after .* would still win \(net\.ipv4\.ip_forward=0\)/,
    ],
    [
      'a file that sorts later would',
      [['/etc/sysctl.d/zz.conf', 'net.ipv4.conf.all.forwarding = 0']],
      /zz\.conf:2 is applied after/,
    ],
    ['a file of that name exists', [[FORWARDING, 'net.core.somaxconn = 1']], /exists already/],
    [
      'a file sets it already',
      [['/etc/sysctl.d/50-a.conf', 'net.ipv4.ip_forward = 1']],
      /^done: \/etc\/sysctl\.d\/50-a\.conf:2/,
    ],
  ])('is not offered where %s', (_, lines, why) => {
    expect(forwarding(sysctls(...lines))).toMatch(why);
  });

  test.each<[string, readonly (readonly [string, string])[]]>([
    ['a pattern comes later, for an exact key wins over it', [['/etc/sysctl.d/zz.conf', 'net.ipv4.*= 0']]],
    ['another key is set later', [['/etc/sysctl.conf', 'net.ipv4.tcp_syncookies = 1']]],
    ['a file that sorts earlier sets it to 0', [OFF, ['/run/sysctl.d/10-b.conf', 'net.ipv4.ip_forward = 0']]],
  ])('is offered where %s', (_, lines) => {
    expect(forwarding(sysctls(...lines))).toHaveProperty('steps');
  });

  test.each(GAPS)('does not fit where the files are %s', (gap) => {
    expect(forwarding(lost(sysctls(), gap))).toMatch(/could not be read/);
  });

  test('of the trap it keeps the one device, under its own name', () => {
    for (const [device, line] of [
      ['eth0', 'net.ipv4.conf.eth0.forwarding = 1'],
      ['bond0.39', 'net/ipv4/conf/bond0.39/forwarding = 1'],
    ] as const) {
      const answers = [...i3Answers(I3_TRAP, device), sysctls()];
      const finding = found(I3, answers, 'uplink-forwarding-off');
      expect(written(fitting('keep-forwarding-on', finding, I3, answers))).toContain(`\n${line}\n`);
    }
  });

  test.each(['-z', 'a=b', 'all', 'x\ny'])('writes no device called %j into a file', (uplink) => {
    const answers = [...i3Answers(I3_TRAP), sysctls()];
    const finding = found(I3, answers, 'uplink-forwarding-off');
    const named = { ...finding, facts: { ...finding.facts, uplink } };
    expect(drafted('keep-forwarding-on', named, I3, answers)).toMatch(/does not write into commands/);
  });
});

describe('keep-uplink-rpf-loose', () => {
  const bound = eniBound(I4B);
  const finding = found(bound, eniAnswers(I4B), 'node-port-dropped-by-strict-rpf');
  const draft = (...more: Answer[]) => drafted('keep-uplink-rpf-loose', finding, bound, [...eniAnswers(I4B), ...more]);

  test('writes the one value into a file of its own, and names who writes the other', () => {
    expect(written(draft())).toContain('\nnet.ipv4.conf.eth0.rp_filter = 2\n');
    expect(draft()).toMatchObject({
      undo: [{ argv: ['rm', '-f', '/etc/sysctl.d/99-zz-netdiag-rpf.conf'] }],
      safety: expect.stringContaining('/etc/sysctl.d/90-hardening.conf:2 net.ipv4.conf.eth0.rp_filter = 1') as string,
    });
  });

  test('is not offered where a later file would win, or one sets it already', () => {
    expect(draft(sysctls(['/etc/sysctl.conf', 'net.ipv4.conf.eth0.rp_filter = 1']))).toMatch(/would still win/);
    expect(draft(sysctls(['/etc/sysctl.d/50-a.conf', 'net.ipv4.conf.eth0.rp_filter = 2']))).toMatch(/^done: /);
  });
});

describe('leave-cni-devices-alone', () => {
  const unit = (active: string, atBoot: string): Answer =>
    answered(
      'subject',
      services,
      {},
      `Id=NetworkManager.service\nLoadState=loaded\nActiveState=${active}\nUnitFileState=${atBoot}\n`,
    );
  const keyfile = (path: string): Answer =>
    answered('subject', interfaceConfig, {}, `file ${path} -> \n${path}:1:[ipv4]\n`);
  const stale = i2Answers(I2_STALE);
  const draft = (...more: Answer[]) =>
    drafted('leave-cni-devices-alone', found(I2, stale, 'vtep-mac-not-announced'), I2, [...stale, ...more]);

  test('adds to the devices that are left alone, each by a pattern, and reloads nothing', () => {
    const made = draft(unit('active', 'enabled'));
    expect(written(made)).toMatch(/\n\[keyfile\]\nunmanaged-devices\+=interface-name:cali\*;/);
    const [, list = ''] = /unmanaged-devices\+=(.*)\n/.exec(written(made)) ?? [];
    expect(list.split(';').filter((one) => !one.startsWith('interface-name:'))).toEqual([]);
    expect(list).toContain('interface-name:flannel*');
    expect(made).toMatchObject({ steps: [{ argv: expect.arrayContaining(['install']) as string[] }] });
    expect(JSON.stringify((made as Draft).steps)).not.toMatch(/systemctl|nmcli/);
    expect((made as Draft).safety).toContain('It does not reload NetworkManager');
  });

  test.each<[string, readonly Answer[], string]>([
    ['runs', [unit('active', 'disabled')], 'object'],
    ['starts at boot', [unit('inactive', 'enabled')], 'object'],
    [
      'has a profile, where no systemd answers',
      [lost(unit('active', 'enabled'), 'not-installed'), keyfile('/etc/NetworkManager/system-connections/eth0')],
      'object',
    ],
    ['is there but never runs', [unit('inactive', 'disabled')], 'string'],
    ['is not to be seen', [], 'string'],
    ['is not to be seen, and ifcfg is', [keyfile('/etc/sysconfig/network-scripts/ifcfg-eth0')], 'string'],
  ])('where NetworkManager %s: %#', (_, more, kind) => {
    expect(typeof draft(...more)).toBe(kind);
  });

  test('does not fit where nothing could be seen of it, and is done where it does not run', () => {
    expect(draft()).toMatch(/could not be seen/);
    expect(draft(unit('inactive', 'disabled'))).toMatch(/^done: /);
  });

  test('is verified by the check that found the fault', () => {
    const answers = [...i2Answers(I2_CAPTURED), unit('active', 'enabled')];
    const captured = fitting('leave-cni-devices-alone', found(I2, answers, 'remote-vtep-is-local'), I2, answers);
    expect(captured.verify).toEqual(['remote-vtep-local']);
    expect(draft(unit('active', 'enabled'))).toMatchObject({ verify: ['vtep-mac'] });
  });
});

describe('the commands of a new file', () => {
  /** The same commands with another directory in the place of the node's. */
  const moved = (argv: readonly string[], to: string): string[] =>
    argv.map((word) => word.replace('/etc/sysctl.d', () => to));

  test('write it, take it away, and are stopped where it is there or its directory is not', () => {
    const directory = mkdtempSync(join(tmpdir(), 'netdiag-'));
    try {
      const { steps, undo, preconditions } = forwarding(sysctls(OFF)) as Draft;
      const [step = []] = argvs(steps).map((argv) => moved(argv, directory));
      const [back = []] = argvs(undo).map((argv) => moved(argv, directory));
      const file = join(directory, '99-zz-netdiag.conf');
      const [{ argv: lookup, stdout: expected }] = preconditions as readonly [Draft['preconditions'][number]];
      const looked = (to: string): string => {
        const [command = '', ...words] = moved(lookup, to);
        try {
          return execFileSync(command, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
        } catch (error) {
          return (error as { stdout: string }).stdout;
        }
      };
      expect(looked(directory)).toBe(expected.replace('/etc/sysctl.d', directory));
      // A socket, which is what Node gives for `input`, cannot be opened again by its name.
      execFileSync('sh', ['-c', 'cat | "$@"', 'sh', ...step], { input: written(forwarding(sysctls(OFF))) });
      expect(readFileSync(file, 'utf8')).toBe(written(forwarding(sysctls(OFF))));
      expect(looked(directory)).not.toBe(expected.replace('/etc/sysctl.d', directory));
      execFileSync(back[0] ?? '', back.slice(1));
      expect(existsSync(file)).toBe(false);
      execFileSync(back[0] ?? '', back.slice(1));
      expect(looked(join(directory, 'nowhere'))).toBe('');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
