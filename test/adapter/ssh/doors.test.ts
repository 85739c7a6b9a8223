import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { compileFilter } from '../../../src/capture/filter.ts';
import { knownHosts, pinnedHostKeys, sshNodeShell, type HostKeys } from '../../../src/adapter/ssh/index.ts';
import type { NodeTarget, Reached } from '../../../src/port.ts';
import { noLab, skipNote, startLoopbackSshd, type LoopbackSshd } from '../../lab/index.ts';
import { startLoopback, text, type Loopback } from './loopback.ts';
import { realClock } from './real-clock.ts';

const closes: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0).toReversed()) await close();
});

/** A loopback port that accepts connections and never says a word. */
function silentPort(): Promise<number> {
  const server = createServer((socket) => {
    closes.push(() => socket.destroy());
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    closes.push(() => server.close());
  });
}

/** A loopback port where nothing listens. */
function closedPort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** A shell that expects this sshd's host key of every named node. */
function shellFor(sshd: LoopbackSshd, names: readonly string[]) {
  const shell = sshNodeShell({
    user: 'root',
    privateKey: readFileSync(sshd.privateKeyFile),
    hostKeys: pinnedHostKeys(Object.fromEntries(names.map((name) => [name, sshd.fingerprint]))),
    port: sshd.port,
    clock: realClock,
    compileFilter,
  });
  closes.push(() => shell.closeAll());
  return shell;
}

async function open(shell: Loopback['shell'], target: NodeTarget): Promise<Reached> {
  const reached = await shell.open(target);
  if (reached.reached) closes.push(() => reached.session.close());
  return reached;
}

const at = (...ports: number[]): NodeTarget => ({
  name: 'loop',
  addresses: ports.map((port) => ({ address: '127.0.0.1', from: 'node-status', port })),
});
const sessions = (log: string) => log.match(/Starting session/g)?.length ?? 0;
const logins = (log: string) => log.match(/Accepted publickey/g)?.length ?? 0;
const failures = (log: string) =>
  log.match(/Failed publickey|Connection (closed|reset) by authenticating/g)?.length ?? 0;

describe.skipIf(noLab)(`doors${skipNote}`, { timeout: 60_000 }, () => {
  let loop: Loopback;
  beforeEach(async () => {
    loop = await startLoopback();
  });
  afterEach(() => loop.stop());

  test('the configured address is tried first', async () => {
    const target: NodeTarget = {
      name: 'loop',
      addresses: [
        { address: '127.0.0.1', from: 'node-status', port: await closedPort() },
        { address: '127.0.0.1', from: 'configured' },
      ],
    };
    const reached = await open(loop.shell, target);
    expect(reached).toMatchObject({ reached: true, session: { tried: [], door: { from: 'configured' } } });
  });

  test('the session knows who the node is', async () => {
    const session = await loop.session();
    expect(session.identity).toEqual({
      name: 'loop',
      machineId: readFileSync('/etc/machine-id', 'utf8').trim(),
      bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      hostKey: loop.sshd.fingerprint,
    });
  });

  test('a closed door is named with its reason, and the next one opens', async () => {
    const port = await closedPort();
    const reached = await open(loop.shell, at(port, loop.sshd.port));
    expect(reached).toMatchObject({
      reached: true,
      session: { tried: [{ door: { port }, because: `nothing listens on port ${port}` }] },
    });
  });

  test('a silent door does not hold up the next one', async () => {
    const port = await silentPort();
    const reached = await open(loop.shell, at(port, loop.sshd.port));
    expect(reached).toMatchObject({
      reached: true,
      session: {
        door: { port: loop.sshd.port },
        tried: [{ door: { port }, because: 'it had not answered when another door opened' }],
      },
    });
  });

  test('when no door opens, one sentence names each with its reason', async () => {
    const [one, two] = [await closedPort(), await closedPort()];
    const reached = await open(loop.shell, at(one, two));
    expect(reached).toMatchObject({ reached: false, gap: 'unreachable' });
    expect(reached).toMatchObject({
      sentence:
        `No SSH door of loop opened (127.0.0.1: nothing listens on port ${one}; 127.0.0.1: nothing listens on port ${two}), ` +
        'so netdiag cannot look at the node itself.',
    });
    const nowhere = await open(loop.shell, { name: 'loop', addresses: [] });
    expect(nowhere).toMatchObject({ reached: false, tried: [] });
  });

  test('`only` leaves out every other address and makes a new connection', async () => {
    const first = await loop.session();
    const again = await open(loop.shell, { ...loop.target, only: ['127.0.0.1'] });
    expect(again.reached).toBe(true);
    expect(logins(loop.sshd.log())).toBe(2);
    const none = await open(loop.shell, { ...loop.target, only: ['10.9.9.9'] });
    expect(none).toMatchObject({ reached: false, tried: [] });
    await first.close();
  });

  test('sessions through the same door share one connection, which the last one closes', async () => {
    const [one, two] = await Promise.all([loop.session(), loop.session()]);
    const three = await loop.session();
    expect(logins(loop.sshd.log())).toBe(1);
    await one.close();
    await one.close();
    await two.close();
    expect(text((await three.run([{ argv: ['echo', 'open'] }]))[0]?.stdout)).toBe('open\n');
    await three.close();
    expect((await three.run([{ argv: ['true'] }]))[0]).toMatchObject({ gap: 'unreachable' });
    await loop.session();
    expect(logins(loop.sshd.log())).toBe(2);
  });

  test('an attempt that is given up ends at once and takes nobody else with it', async () => {
    const abort = new AbortController();
    const target = at(await silentPort());
    const [given, waiting] = [loop.shell.open(target, abort.signal), loop.shell.open(at(loop.sshd.port))];
    abort.abort();
    expect(await given).toMatchObject({ reached: false, gap: 'timed-out' });
    expect(await waiting).toMatchObject({ reached: true });
  });

  test('a closed session runs nothing more, though others share its connection', async () => {
    const [one, two] = [await loop.session(), await loop.session()];
    await one.close();
    expect(await one.run([{ argv: ['true'] }])).toMatchObject([{ gap: 'unreachable' }]);
    expect(await two.run([{ argv: ['true'] }])).toMatchObject([{ exit: 0 }]);
  });

  test('a door that is closed to the jump node too is named as such', async () => {
    const shell = shellFor(loop.sshd, ['loop', 'far']);
    const port = await closedPort();
    const closed = await open(shell, { ...at(port), name: 'far', jump: loop.target });
    expect(closed).toMatchObject({
      reached: false,
      tried: [
        { because: `nothing listens on port ${port}` },
        { door: { jump: 'loop' }, because: 'Connection refused' },
      ],
    });
    expect(closed).toMatchObject({
      sentence: expect.stringContaining('127.0.0.1 through loop: Connection re') as string,
    });
  });

  test('a jump node that is closed itself is named as such', async () => {
    const shell = shellFor(loop.sshd, ['loop', 'far']);
    const port = await closedPort();
    const closed = await open(shell, { ...at(port), name: 'far', jump: { ...at(port), name: 'stranger' } });
    expect(closed).toMatchObject({
      reached: false,
      tried: [{}, { door: { jump: 'stranger' }, because: 'stranger could not be reached either' }],
    });
  });

  test('twenty nodes are opened at once without sshd dropping one', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `node-${index}`);
    const shell = shellFor(loop.sshd, names);
    const all = await Promise.all(names.map((name) => shell.open({ ...loop.target, name })));
    expect(all.filter(({ reached }) => reached)).toHaveLength(20);
  });
});

describe.skipIf(noLab)(`host keys and logins${skipNote}`, { timeout: 60_000 }, () => {
  let sshd: LoopbackSshd;
  const directory = mkdtempSync(join(tmpdir(), 'netdiag-doors-'));
  beforeAll(async () => {
    sshd = await startLoopbackSshd();
  });
  afterAll(async () => {
    await sshd?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  function shellWith(hostKeys: HostKeys, given: { privateKey?: Buffer; user?: string } = {}) {
    const shell = sshNodeShell({
      user: 'root',
      privateKey: readFileSync(sshd.privateKeyFile),
      hostKeys,
      port: sshd.port,
      clock: realClock,
      compileFilter,
      ...given,
    });
    closes.push(() => shell.closeAll());
    return shell;
  }

  const other = 'AAAAC3NzaC1lZDI1NTE5AAAAIP1Z0b0C6F3bU9s9L0m0y1nq0pXo2c7j5r8q9w1e2r3t';

  test.each([
    ['unknown', () => knownHosts(''), 'is unknown: known_hosts has no line for it'],
    ['changed', () => knownHosts(`[loop]:${sshd.port} ssh-ed25519 ${other}`), 'but known_hosts says SHA256:'],
    ['revoked', () => knownHosts(`${readFileSync(sshd.knownHostsFile, 'utf8')}@revoked * ${sshd.hostKey}`), '@revoked'],
    ['not pinned', () => pinnedHostKeys({ someone: sshd.fingerprint }), 'none is pinned for loop'],
  ])('T17: a host key that is %s is refused before anything is sent', async (_, keys, because) => {
    const before = sshd.log();
    const reached = await shellWith(keys()).open(at(sshd.port));
    expect(reached).toMatchObject({ reached: false, gap: 'denied' });
    expect(reached).toMatchObject({ tried: [{ because: expect.stringContaining(because) as string }] });
    const log = sshd.log().slice(before.length);
    expect([sessions(log), logins(log), failures(log)]).toEqual([0, 0, 0]);
  });

  test('a host key that is known by address is trusted', async () => {
    const reached = await shellWith(knownHosts(readFileSync(sshd.knownHostsFile, 'utf8'))).open(at(sshd.port));
    expect(reached.reached).toBe(true);
  });

  test('a refused key is tried once, whatever other doors there are', async () => {
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(directory, 'stranger')]);
    const before = sshd.log();
    const shell = shellWith(pinnedHostKeys({ loop: sshd.fingerprint }), {
      privateKey: readFileSync(join(directory, 'stranger')),
    });
    const target: NodeTarget = {
      name: 'loop',
      addresses: [
        { address: '127.0.0.1', from: 'configured' },
        { address: 'localhost', from: 'node-status' },
      ],
    };
    const reached = await shell.open(target);
    expect(reached).toMatchObject({
      reached: false,
      gap: 'denied',
      tried: [{ because: 'the key was refused for user root' }],
    });
    expect(reached).toMatchObject({ tried: { length: 1 } });
    expect(
      sshd
        .log()
        .slice(before.length)
        .match(/Connection from/g),
    ).toHaveLength(1);
  });

  test('a private key that is none is refused at once', () => {
    const keys = pinnedHostKeys({});
    expect(() => shellWith(keys, { privateKey: Buffer.from('no key') })).toThrow(
      /^The SSH private key cannot be read: /,
    );
    const publicKey = readFileSync(`${sshd.privateKeyFile}.pub`);
    expect(() => shellWith(keys, { privateKey: publicKey })).toThrow('The SSH private key is a public key.');
  });

  test.each(['rsa', 'ecdsa'])('an sshd with only an %s host key is reached, without SHA-1', async (type) => {
    const file = join(directory, `host-${type}`);
    spawnSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);
    const loop = await startLoopback({ sshdConfig: [`HostKey ${file}`] });
    closes.push(() => loop.stop());
    const line = readFileSync(`${file}.pub`, 'utf8');
    const shell = sshNodeShell({
      user: 'root',
      privateKey: readFileSync(loop.sshd.privateKeyFile),
      hostKeys: knownHosts(`[loop]:${loop.sshd.port} ${line}`),
      port: loop.sshd.port,
      clock: realClock,
      compileFilter,
    });
    closes.push(() => shell.closeAll());
    expect(await open(shell, loop.target)).toMatchObject({ reached: true });
  });

  test.each([
    ['chacha20', ['Ciphers chacha20-poly1305@openssh.com']],
    ['AES in counter mode with HMAC-SHA-1', ['Ciphers aes128-ctr', 'MACs hmac-sha1']],
    ['a Diffie-Hellman group of 2048 bits', ['KexAlgorithms diffie-hellman-group14-sha1']],
    ['RSA signatures with SHA-1', ['HostKeyAlgorithms ssh-rsa', 'HostKey RSA']],
  ])('T19: an sshd that offers only %s is refused', async (_, config) => {
    const rsa = join(directory, 'old-rsa');
    if (!existsSync(rsa)) spawnSync('ssh-keygen', ['-q', '-t', 'rsa', '-N', '', '-f', rsa]);
    const loop = await startLoopback({
      sshdConfig: config.map((line) => line.replace('HostKey RSA', `HostKey ${rsa}`)),
    });
    closes.push(() => loop.stop());
    const reached = await loop.shell.open(loop.target);
    expect(reached).toMatchObject({
      reached: false,
      tried: [{ because: expect.stringContaining('no agreement on how to encrypt') as string }],
    });
    expect(logins(loop.sshd.log())).toBe(0);
  });
});
