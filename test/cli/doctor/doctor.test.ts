import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ssh2 from 'ssh2';
import { describe, expect, onTestFinished, test } from 'vitest';
import { doctor } from '../../../src/cli/doctor/doctor.ts';
import type { DoctorDocument } from '../../../src/cli/doctor/document.ts';
import type { DoctorRequest } from '../../../src/cli/doctor/request.ts';
import { systemClock } from '../../../src/cli/system.ts';

const REQUEST: DoctorRequest = { nodes: [], all: false, json: false, slack: true };

async function run(
  env: Record<string, string>,
  request: Partial<DoctorRequest> = {},
  isTTY = false,
): Promise<{ exit: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({
    isTTY,
    columns: 80,
    write: (text: string | Uint8Array) => {
      said[name] += String(text);
      return true;
    },
  });
  const parts = { env, read: (path: string) => readFileSync(path, 'utf8'), clock: systemClock };
  const exit = await doctor({ ...REQUEST, ...request }, { ...parts, out: stream('out'), err: stream('err') });
  return { exit, ...said };
}

/** A port of this machine at which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new TypeError('the server had no port');
  return address.port;
}

/** Settings that are right, and a cluster that is not there; nothing leaves this machine. */
async function configured(
  key = ssh2.utils.generateKeyPairSync('ed25519').private,
): Promise<{ at: string; env: Record<string, string> }> {
  const at = mkdtempSync(join(tmpdir(), 'netdiag-doctor-'));
  onTestFinished(() => rmSync(at, { recursive: true, force: true }));
  const port = await closedPort();
  const file = (name: string, content: string): string => {
    writeFileSync(join(at, name), content, { mode: 0o600 });
    return join(at, name);
  };
  file('key', key);
  file('hosts', `a ${ssh2.utils.generateKeyPairSync('ed25519').public}\n`);
  const cluster = { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
  const config = { clusters: [{ name: 'c', cluster }], users: [{ name: 'u', user: { token: 't' } }] };
  const contexts = [{ name: 'x', context: { cluster: 'c', user: 'u' } }];
  file('kubeconfig', JSON.stringify({ ...config, contexts, 'current-context': 'x' }));
  const settings = {
    cluster: { name: 'prod-east', kubeconfig: 'kubeconfig' },
    ssh: { user: 'ops', privateKeyFile: 'key', knownHostsFile: 'hosts', nodes: { a: { address: '127.0.0.1', port } } },
    approval: { approvers: ['U0EXAMPLE1', 'U0EXAMPLE2'] },
    journal: { url: 'sqlite:journal.db' },
  };
  return { at, env: { NETDIAG_CONFIG: file('netdiag.yml', JSON.stringify(settings)) } };
}

describe('doctor', () => {
  test('without any setting says what is missing, and nothing is green but what is its own', async () => {
    const { exit, out } = await run({}, { json: true });
    expect(exit).toBe(1);
    const told = JSON.parse(out) as DoctorDocument;
    const found = told.items.map(({ id, of, health }) => `${health} ${id}${of === null ? '' : ` ${of}`}`);
    expect(found).toEqual([
      'fault configuration.settings SLACK_BOT_TOKEN',
      'fault configuration.settings SLACK_APP_TOKEN',
      'fault configuration.settings NETDIAG_CONFIG',
      'ok configuration.playbooks',
      'unseen slack.bot-token',
      'unseen cluster.api',
      'unseen node.known',
    ]);
  });

  test('a cluster that is not there is not seen, its one configured node is tried, and nothing is made', async () => {
    const { at, env } = await configured();
    const before = readdirSync(at);
    const { exit, out } = await run(env, { json: true, slack: false });
    expect(exit).toBe(1);
    const { items } = JSON.parse(out) as DoctorDocument;
    const bad = items.filter(({ health }) => health !== 'ok').map(({ id, health }) => `${health} ${id}`);
    expect(bad[0]).toBe('unseen cluster.api');
    expect(bad).toContain('fault node.door');
    expect(items.find(({ id }) => id === 'node.door')?.seen).toMatch(/127\.0\.0\.1 port \d+ closed: nothing listens/);
    expect(items.some(({ id }) => id.startsWith('slack.'))).toBe(false);
    expect(readdirSync(at)).toEqual(before);
  });

  test('a key that is none hides neither the settings nor the journal', async () => {
    const { env } = await configured('no key');
    const { out } = await run(env, { slack: false });
    expect(out).toMatch(/^ {2}FAULT {5}SSH key +The SSH private key cannot be read/m);
    expect(out).toMatch(/^ {2}ok {8}journal /m);
    expect(out).toMatch(/^ {2}not seen {2}cluster +not asked: The SSH private key/m);
  });

  test('colours are for a terminal alone', async () => {
    const { env } = await configured();
    expect((await run(env, { slack: false }, true)).out).toContain('\u001b[32mok');
    expect((await run(env, { slack: false })).out).not.toContain('\u001b');
    expect((await run(env, { slack: false, json: true }, true)).out).not.toContain('\u001b');
  });
});

describe('the command', () => {
  const netdiag = (...args: string[]) =>
    spawnSync(process.execPath, [fileURLToPath(new URL('../../../src/main.ts', import.meta.url)), ...args], {
      env: { PATH: process.env['PATH'] ?? '' },
      encoding: 'utf8',
    });

  test('is known to help, and wrong usage exits with 2', () => {
    expect(netdiag('help').stdout).toMatch(/^ {2}netdiag doctor /m);
    const { status, stderr } = netdiag('doctor', '$(id)');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^That is not a node name/);
  });

  test('prints one document and exits with 1 where nothing is configured', () => {
    const { status, stdout, stderr } = netdiag('doctor', '--json');
    expect([status, stderr]).toEqual([1, '']);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, health: 'fault' });
  });
});
