import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonical, orderOf, sha256, SIGNATURE_NAMESPACE } from '../../../src/model/index.ts';
import type { ChangeRequest, NodeIdentity, Plan } from '../../../src/model/index.ts';
import { sshNodeShell, type SshNodeShell } from '../../../src/adapter/ssh/index.ts';
import type { SshOptions } from '../../../src/adapter/ssh/index.ts';
import type { Ran, RunOptions } from '../../lab/command.ts';
import { startLabDoor, type LabDoor } from './lab-door.ts';

const deploy = join(import.meta.dirname, '../../../deploy/node');
const people = ['second', 'third', 'stranger'] as const;
export type Signer = (typeof people)[number];

/** A lab node on which the gate was installed by its installer: `second` and `third` may sign, `stranger` may not. */
export interface GateDoor {
  readonly lab: LabDoor;
  /** With the gate's two keys; another one with other options. */
  readonly shell: SshNodeShell;
  other(options: Partial<SshOptions>): SshNodeShell;
  /** File of one of the private keys: `check`, `fix`, or of a person. */
  key(name: 'check' | 'fix' | Signer): string;
  /** Runs argv on the node; what it printed, or its failure. */
  inside(...argv: readonly string[]): Promise<string>;
  write(path: string, text: string): Promise<void>;
  /** The armored signature of that person under these bytes. */
  sign(by: Signer, order: string, namespace?: string): string;
  stop(): Promise<void>;
}

/** Both keys of a gate, and one of each person. */
export function makeKeys(key: (name: string) => string): void {
  for (const name of ['check', 'fix', ...people])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', key(name)]);
}

/** Runs the installer on a node; from then on its only logins are the gate's. */
export async function installGate(
  exec: (argv: readonly string[], options?: RunOptions) => Promise<Ran>,
  key: (name: string) => string,
): Promise<void> {
  const write = (name: string, text: string) => exec(['tee', `/root/${name}`], { input: text });
  for (const name of ['netdiag-gate', 'install.sh', 'gate.conf'])
    await write(name, readFileSync(join(deploy, name), 'utf8'));
  for (const name of ['check', 'fix']) await write(`${name}.pub`, readFileSync(`${key(name)}.pub`, 'utf8'));
  const signers = ['second', 'third'].map((name) => `${name} ${readFileSync(`${key(name)}.pub`, 'utf8')}`);
  await write('signers', signers.join(''));
  const keys = '/etc/ssh/authorized_keys/root';
  await exec(['rm', keys]);
  const words = ['--check-key', '/root/check.pub', '--fix-key', '/root/fix.pub', '--signers', '/root/signers'];
  const ran = await exec(['sh', '/root/install.sh', ...words, '--authorized-keys', keys]);
  if (ran.exit !== 0) throw new Error(`${ran.stdout}${ran.stderr}`);
}

/** Starts a node, installs the gate on it and takes its plain login away. */
export async function startGateDoor(): Promise<GateDoor> {
  const home = mkdtempSync(join(tmpdir(), 'netdiag-gate-'));
  const key = (name: string): string => join(home, name);
  makeKeys(key);
  const lab = await startLabDoor('root', ['Subsystem sftp internal-sftp']);
  const inside = async (...argv: readonly string[]): Promise<string> => (await lab.node.exec('node', argv)).stdout;
  const write = async (path: string, text: string): Promise<void> => {
    await lab.node.exec('node', ['tee', path], { input: text });
  };
  const other = (options: Partial<SshOptions>): SshNodeShell =>
    sshNodeShell({
      ...lab.options,
      privateKey: readFileSync(key('check')),
      fixKey: readFileSync(key('fix')),
      ...options,
    });
  const shells: SshNodeShell[] = [];
  const shell = other({});
  try {
    await installGate(lab.node.exec.bind(null, 'node'), key);
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    await lab.stop();
    throw error;
  }
  return {
    lab,
    shell,
    other: (options) => {
      const one = other(options);
      shells.push(one);
      return one;
    },
    key,
    inside,
    write,
    sign: (by, order, namespace = SIGNATURE_NAMESPACE) => {
      writeFileSync(key('order'), order);
      rmSync(key('order.sig'), { force: true });
      execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-f', key(by), '-n', namespace, key('order')], { stdio: 'pipe' });
      return readFileSync(key('order.sig'), 'utf8');
    },
    async stop() {
      for (const one of [shell, ...shells]) await one.closeAll();
      rmSync(home, { recursive: true, force: true });
      await lab.stop();
    },
  };
}

const ROUTE = '10.5.0.0/24';
export const ADD = ['ip', 'route', 'add', 'blackhole', ROUTE];
export const DEL = ['ip', 'route', 'del', 'blackhole', ROUTE];
export const SHOW = ['ip', 'route', 'show', ROUTE];

/** A plan for that node, in force now. */
export function planFor(node: NodeIdentity, given: Partial<Plan> = {}): Plan {
  const now = Date.now();
  const command = (argv: readonly string[]) => ({ kind: 'node-command', node: node.name, argv }) as const;
  return {
    version: 1,
    id: randomBytes(16).toString('hex'),
    incident: 'one',
    remediation: 'test',
    finding: 'test',
    cluster: 'lab',
    node,
    title: 'a route more',
    safety: '',
    steps: [command(ADD)],
    undo: [command(DEL)],
    preconditions: [{ argv: SHOW, stdout: '' }],
    risk: 1,
    approvals: 1,
    doors: { closes: [], opens: [], confirmThrough: [] },
    rollbackSeconds: 30,
    issuedAt: now,
    expiresAt: now + 900_000,
    signed: true,
    verify: [],
    durable: [],
    stage: null,
    rehearsal: [],
    playbook: { id: 'test', digest: 'd' },
    ...given,
  };
}

/** What a session is asked for that plan, with these signatures under the order, or under what was made of it. */
export function requestFor(plan: Plan, signatures: readonly string[], order = orderOf(plan)): ChangeRequest {
  return {
    fix: plan.id,
    planHash: sha256(canonical(plan)),
    rollbackSeconds: plan.rollbackSeconds,
    preconditions: plan.preconditions,
    apply: plan.steps.flatMap((step) => (step.kind === 'node-command' ? [{ argv: step.argv }] : [])),
    undo: [],
    order,
    signatures,
  };
}
