import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fingerprint, pinnedHostKeys } from '../../../src/adapter/ssh/host-keys.ts';
import { knownHosts } from '../../../src/adapter/ssh/known-hosts.ts';

const directory = mkdtempSync(join(tmpdir(), 'netdiag-keys-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function makeKey(name: string, type = 'ed25519') {
  const file = join(directory, name);
  spawnSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);
  const [kind = '', blob = ''] = readFileSync(`${file}.pub`, 'utf8').split(' ');
  const shown =
    spawnSync('ssh-keygen', ['-l', '-f', `${file}.pub`])
      .stdout.toString()
      .split(' ')[1] ?? '';
  return { line: `${kind} ${blob}`, key: Buffer.from(blob, 'base64'), shown, kind };
}

const one = makeKey('one');
const two = makeKey('two');
const rsa = makeKey('rsa', 'rsa');
const host = { node: 'ip-10-0-10-207', address: '10.0.10.207', port: 22 };

test('the fingerprint is the one that ssh-keygen prints', () => {
  expect(fingerprint(one.key)).toBe(one.shown);
});

describe('known_hosts trusts', () => {
  test.each([
    ['a key under the node name', `ip-10-0-10-207 ${one.line}`, host],
    ['a key under the address', `10.0.10.207 ${one.line} comment here`, host],
    ['one name of several', `a,IP-10-0-10-207,b ${one.line}`, host],
    ['one key of several', `ip-10-0-10-207 ${two.line}\nip-10-0-10-207 ${one.line}`, host],
    ['a pattern', `ip-10-0-10-* ${one.line}`, host],
    ['a question mark', `ip-10-0-10-20? ${one.line}`, host],
    ['a host on another port', `[ip-10-0-10-207]:2222 ${one.line}`, { ...host, port: 2222 }],
    ['keys between comments and empty lines', `# c\n\n  \nip-10-0-10-207 ${one.line}\r\n`, host],
  ])('%s', (_, file, at) => {
    expect(knownHosts(file).judge(at, one.key)).toEqual({ trusted: true });
  });

  test('a hashed host, as ssh-keygen -H writes it', () => {
    const file = join(directory, 'hashed');
    writeFileSync(file, `10.0.10.207 ${one.line}\n[10.0.10.207]:2222 ${two.line}\n`);
    spawnSync('ssh-keygen', ['-H', '-f', file]);
    const text = readFileSync(file, 'utf8');
    expect(text).not.toContain('10.0.10.207');
    const keys = knownHosts(text);
    expect(keys.judge(host, one.key).trusted).toBe(true);
    expect(keys.judge({ ...host, port: 2222 }, two.key).trusted).toBe(true);
    expect(keys.judge({ ...host, port: 2222 }, one.key).trusted).toBe(false);
  });
});

describe('known_hosts refuses', () => {
  test.each([
    ['a host that is not named', `other ${one.line}`, 'known_hosts has no line for it'],
    ['an empty file', '', 'known_hosts has no line for it'],
    ['a changed key', `ip-10-0-10-207 ${two.line}`, `but known_hosts says ${two.shown}`],
    ['a revoked key', `ip-10-0-10-207 ${one.line}\n@revoked * ${one.line}`, 'marked @revoked'],
    ['a host known by its authority only', `@cert-authority ip-* ${one.line}`, 'only a certificate authority'],
    ['a host that is taken out of a pattern', `ip-*,!ip-10-0-10-207 ${one.line}`, 'has no line for it'],
    ['a key of the same host on another port', `[ip-10-0-10-207]:2222 ${one.line}`, 'has no line for it'],
    // The address was another node's: the node itself is known by another key.
    ['the key of the address when the name has one', `ip-10-0-10-207 ${two.line}\n10.0.10.207 ${one.line}`, two.shown],
    ['a name that only looks like a pattern', `ip.10-0-10-207 ${one.line}`, 'has no line for it'],
  ])('%s', (_, file, because) => {
    const verdict = knownHosts(file).judge(host, one.key);
    expect(verdict).toMatchObject({ trusted: false, because: expect.stringContaining(because) as string });
    expect(verdict).toMatchObject({ because: expect.stringContaining(one.shown) as string });
  });

  test.each([
    ['too few words', 'host ssh-ed25519'],
    ['a key of another type than announced', `host ssh-rsa ${one.line.split(' ')[1] ?? ''}`],
    ['a key that is no base64', 'host ssh-ed25519 %%%%'],
    ['an unknown marker', `@trusted host ${one.line}`],
    ['a broken hashed host', `|1|abc ${one.line}`],
  ])('a line with %s, naming it', (_, line) => {
    expect(() => knownHosts(`# first\n${line}\n`)).toThrow(/^line 2 of known_hosts /);
  });
});

test('the server is asked for the types that are known', () => {
  const keys = knownHosts(`ip-10-0-10-207 ${rsa.line}\n10.0.10.207 ${one.line}`);
  expect(keys.types(host)).toEqual(['ssh-rsa']);
  expect(keys.types({ ...host, node: 'other' })).toEqual(['ssh-ed25519']);
});

describe('pinned keys', () => {
  const keys = pinnedHostKeys({ 'ip-10-0-10-207': one.shown, several: [one.shown, two.shown] });
  test('trust the pinned one', () => {
    expect(keys.judge(host, one.key)).toEqual({ trusted: true });
    expect(keys.judge({ ...host, node: 'several' }, two.key)).toEqual({ trusted: true });
  });
  test('refuse another key and another node', () => {
    expect(keys.judge(host, two.key)).toMatchObject({ because: expect.stringContaining('is pinned') as string });
    expect(keys.judge({ ...host, node: 'x' }, one.key)).toMatchObject({
      because: expect.stringContaining('none is pinned for x') as string,
    });
    expect(keys.judge({ ...host, node: '__proto__' }, one.key).trusted).toBe(false);
  });
  test.each(['SHA256:short', 'MD5:aa:bb', one.shown.slice(7)])('cannot be %s', (pin) => {
    expect(() => pinnedHostKeys({ node: pin })).toThrow(TypeError);
  });
});
