import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { iptablesCounters, iptablesFilter, iptablesMangle, iptablesNat } from '../../src/probe/index.ts';
import { read } from '../../src/probe/probe.ts';
import { printed } from '../fake/scene.ts';
import { noLab, skipNote } from '../lab/skip.ts';

const LEGACY = '/usr/sbin/iptables-legacy';
const skip = noLab || !existsSync(LEGACY);

let node: string;
let programs: string;
beforeEach(() => {
  if (skip) return;
  node = `legacy-${randomBytes(3).toString('hex')}`;
  programs = mkdtempSync(join(tmpdir(), 'legacy-'));
  execFileSync('ip', ['netns', 'add', node]);
});
afterEach(() => {
  if (skip) return;
  execFileSync('ip', ['netns', 'del', node]);
  rmSync(programs, { recursive: true });
});

/** Runs a command in the node, where only these programs and the basic ones are installed. */
function inside(...argv: readonly string[]): { status: number | null; stdout: string } {
  const env = { PATH: `${programs}:/usr/bin:/bin` };
  return spawnSync('ip', ['netns', 'exec', node, ...argv], { encoding: 'utf8', env });
}

function install(name: string, program: string): void {
  symlinkSync(program, join(programs, name));
}

const tables = (): string => inside('sh', '-c', 'cat /proc/net/ip_tables_names 2>/dev/null').stdout;

test.skipIf(skip).for([
  ['filter', iptablesFilter],
  ['filter, counted,', iptablesCounters],
  ['nat', iptablesNat],
  ['mangle', iptablesMangle],
] as const)(`a legacy iptables makes no table %s when it is asked what is in it${skipNote}`, ([, probe]) => {
  install('iptables', LEGACY);
  install('iptables-save', `${LEGACY}-save`);
  const { status, stdout } = inside(...probe.argv({}));
  expect({ status, stdout, tables: tables() }).toEqual({ status: 0, stdout: '', tables: '' });
});

test.skipIf(skip)(`a table that is there is read${skipNote}`, () => {
  install('iptables', LEGACY);
  install('iptables-save', `${LEGACY}-save`);
  inside('iptables', '-A', 'INPUT', '-p', 'tcp', '--dport', '10250', '-j', 'DROP');
  const { stdout } = inside(...iptablesFilter.argv({}));
  const reading = read(iptablesFilter, printed(stdout));
  expect(reading.known && reading.value.rules.map(({ target }) => target)).toEqual(['DROP']);
});

test.skipIf(skip)(`iptables that is not installed is a gap, not an empty table${skipNote}`, () => {
  expect(inside(...iptablesFilter.argv({})).status).toBe(127);
});

test.skipIf(skip)(`what the rules of a table that is there dropped is counted${skipNote}`, () => {
  install('iptables', LEGACY);
  install('iptables-save', `${LEGACY}-save`);
  inside('iptables', '-P', 'FORWARD', 'DROP');
  inside('iptables', '-A', 'INPUT', '-p', 'tcp', '--dport', '10250', '-j', 'DROP');
  const reading = read(iptablesCounters, printed(inside(...iptablesCounters.argv({})).stdout));
  expect(reading.known && reading.value.drops.map(({ name, packets }) => [name, packets])).toEqual([
    ['policy DROP of FORWARD', 0],
    ['rule -A INPUT -p tcp -m tcp --dport 10250 -j DROP', 0],
  ]);
});
