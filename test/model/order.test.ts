import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { orderOf, SIGNATURE_NAMESPACE, signCommand } from '../../src/model/index.ts';
import type { Plan } from '../../src/model/index.ts';

const home = mkdtempSync(join(tmpdir(), 'netdiag-order-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const plan: Plan = {
  version: 1,
  id: '5f0c9b7a1d3e4c2b8a6f0d1e2c3b4a59',
  incident: 'one',
  remediation: 'delete-connected-route',
  finding: 'return-path-differs',
  cluster: 'prod-east',
  node: {
    name: 'ip-10-0-10-207',
    machineId: 'c7cb8d1a6f3a4b06b4f1f6ac2b0a9d11',
    bootId: '0b2a7a5e-94cb-4d3c-9a0e-0f5a3f4b8f10',
    hostKey: 'SHA256:uNiVztksCsDhcc0u9e8BrrQXVUpKZIDTMczCvj3tD2s',
  },
  title: 'remove a route',
  safety: '',
  steps: [{ kind: 'node-command', node: 'x', argv: ['ip', 'route', 'del', '10.0.10.0/24', 'dev', 'eth1'] }],
  undo: [{ kind: 'node-command', node: 'x', argv: ['tee', '/etc/a file'], stdin: 'why?\nbecause! ' }],
  preconditions: [{ argv: ['sysctl', '-n', ''], stdout: 'a = 1\n\tb\\\n' }],
  risk: 1,
  approvals: 1,
  doors: { closes: [], opens: [], confirmThrough: ['10.0.10.207'] },
  rollbackSeconds: 60,
  issuedAt: Date.UTC(2026, 10, 21, 0, 32, 48, 900),
  expiresAt: Date.UTC(2026, 10, 21, 0, 47, 48),
  signed: true,
  verify: [],
  durable: [],
  stage: null,
  rehearsal: [],
  playbook: { id: 'kubelet-unreachable', digest: 'd' },
};

test('an order says everything that the node is to do, one statement a line', () => {
  expect(orderOf(plan).replace(/^plan [0-9a-f]{64}$/m, 'plan …')).toBe(
    [
      'netdiag order 1',
      'fix 5f0c9b7a1d3e4c2b8a6f0d1e2c3b4a59',
      'plan …',
      'cluster prod-east',
      'node ip-10-0-10-207',
      'machine c7cb8d1a6f3a4b06b4f1f6ac2b0a9d11',
      'boot 0b2a7a5e-94cb-4d3c-9a0e-0f5a3f4b8f10',
      'host-key SHA256:uNiVztksCsDhcc0u9e8BrrQXVUpKZIDTMczCvj3tD2s',
      'issued 1795221168 2026-11-21T00:32:48Z',
      'expires 1795222068 2026-11-21T00:47:48Z',
      'risk 1',
      'approvals 1',
      'rollback 60',
      "require sysctl -n ''",
      String.raw`prints a = 1\n`,
      String.raw`prints \0011b\\\n`,
      'apply ip route del 10.0.10.0/24 dev eth1',
      String.raw`undo tee /etc/a\0040file`,
      String.raw`reads why?\n`,
      String.raw`reads because\0041\0040`,
      'end',
      '',
    ].join('\n'),
  );
});

test.each<[string, Partial<Plan>]>([
  ['no step of the node', { steps: [] }],
  ['a NUL', { preconditions: [{ argv: ['a\0'], stdout: '' }] }],
  ['half a surrogate pair', { preconditions: [{ argv: ['\ud800'], stdout: '' }] }],
])('a plan with %s has no order', (_, part) => {
  expect(() => orderOf({ ...plan, ...part })).toThrow(TypeError);
});

test('a plan that was never put up for approval has no order', () => {
  const { issuedAt, ...never } = plan;
  expect(issuedAt).toBeDefined();
  expect(() => orderOf(never)).toThrow('time of issue');
});

test('whatever its words are, an order is plain lines, and a shell gets the very same words back', () => {
  const word = fc
    .string({ unit: 'binary', maxLength: 20 })
    .filter((text) => text.isWellFormed() && !text.includes('\0'));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), word, (argv, stdout) => {
      const order = orderOf({ ...plan, preconditions: [{ argv, stdout }] });
      expect(order).toMatch(/^([\x20\x22-\x7e]*[\x22-\x7e]\n)+$/);
      const said = execFileSync('sh', ['-c', decode], { input: order, encoding: 'utf8' });
      expect(said).toBe(`${argv.map((one) => `[${one}]`).join('')}|${stdout}`);
    }),
    { numRuns: 25 },
  );
});

/** Reads `require` and the texts that go with it back, without eval. */
const decode = String.raw`set -f
at=
while IFS= read -r line; do
  case $line in
    'require '*) at=1; for word in ${'$'}{line#* }; do [ "$word" != "''" ] || word=; printf '[%b]' "$word"; done; printf '|' ;;
    'prints '*) [ -z "$at" ] || printf '%b' "${'$'}{line#* }" ;;
    *) at= ;;
  esac
done`;

test('the command that approvers paste signs exactly the order, in every shell', () => {
  const key = join(home, 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const order = orderOf({
    ...plan,
    preconditions: [{ argv: ['$(id)', '`id`', "'", '!!', '~'], stdout: '$HOME\nEOF\n' }],
  });
  const signature = execFileSync('bash', ['-c', signCommand(order).replace('~/.ssh/id_ed25519', key)]);
  writeFileSync(join(home, 'signature'), signature);
  const check = ['-Y', 'check-novalidate', '-n', SIGNATURE_NAMESPACE, '-s', join(home, 'signature')];
  expect(execFileSync('ssh-keygen', check, { input: order, encoding: 'utf8' })).toContain(
    'Good "netdiag-fix" signature',
  );
  expect(() => execFileSync('ssh-keygen', check, { input: order.replace('prod', 'test'), stdio: 'pipe' })).toThrow(
    'incorrect',
  );
});

test.each([
  '',
  'netdiag order 1\nend\n\n',
  'netdiag order 1\nfix $(id)!\nend\n',
  'netdiag order 1\nEND-OF-ORDER\nend\n',
])('nothing is made to be signed of %j', (text) => {
  expect(() => signCommand(text)).toThrow(TypeError);
});
