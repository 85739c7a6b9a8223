import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signaturesBy } from '../../../src/adapter/ssh-keygen/index.ts';

const home = mkdtempSync(join(tmpdir(), 'netdiag-signers-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const TEXT = 'netdiag order 1\nfix 1\nend\n';
const signers = join(home, 'signers');
const keys = ['anna', 'sam', 'late'] as const;

beforeAll(() => {
  const lines = keys.map((name) => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', join(home, name)]);
    const until = name === 'late' ? 'valid-before="20200101"' : 'valid-after="20200101"';
    const key = readFileSync(join(home, `${name}.pub`), 'utf8').trim();
    return `${name}@example.com namespaces="netdiag-fix",${until} ${key}`;
  });
  writeFileSync(signers, `${lines.join('\n')}\n`);
});

function sign(name: (typeof keys)[number], text = TEXT, namespace = 'netdiag-fix'): string {
  const argv = ['-Y', 'sign', '-q', '-f', join(home, name), '-n', namespace];
  return execFileSync('ssh-keygen', argv, { input: text, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
}

const verify = (signature: string, principals: readonly string[], text = TEXT) =>
  signaturesBy(signers).verify(text, signature, principals);

test('a signature under the text is that of its principal', async () => {
  expect(await verify(sign('anna'), ['anna@example.com'])).toEqual({ principal: 'anna@example.com' });
});

test('whoever signs under several names is found under the right one', async () => {
  expect(await verify(sign('sam'), ['anna@example.com', 'sam@example.com'])).toEqual({ principal: 'sam@example.com' });
});

test.each<[string, () => Promise<unknown>]>([
  ['another person', () => verify(sign('sam'), ['anna@example.com'])],
  ['another text', () => verify(sign('anna', TEXT.replace('1\nend', '2\nend')), ['anna@example.com'])],
  ['one byte more', () => verify(sign('anna'), ['anna@example.com'], `${TEXT}\n`)],
  ['another purpose', () => verify(sign('anna', TEXT, 'file'), ['anna@example.com'])],
  ['a key that is not valid any more', () => verify(sign('late'), ['late@example.com'])],
  ['nobody that is known', () => verify(sign('anna'), ['nobody@example.com'])],
  ['a principal that is an option', () => verify(sign('anna'), ['-Overify-time=20200101'])],
  ['no principal at all', () => verify(sign('anna'), [])],
  ['a signature with one letter changed', () => verify(withAnotherLetter(sign('anna')), ['anna@example.com'])],
  ['nothing', () => verify('', ['anna@example.com'])],
])('a signature for %s is refused', async (_, ask) => {
  expect(await ask()).toEqual({ refusal: expect.stringContaining('no valid signature of yours') });
});

describe('where it cannot be verified, it does not count', () => {
  test('because there is no program', async () => {
    const signatures = signaturesBy(signers, join(home, 'gone'));
    expect(await signatures.verify(TEXT, sign('anna'), ['anna@example.com'])).toEqual({
      refusal: expect.stringContaining('could not be verified'),
    });
  });

  test('because there are no signers', async () => {
    const signatures = signaturesBy(join(home, 'gone'));
    expect(await signatures.verify(TEXT, sign('anna'), ['anna@example.com'])).toHaveProperty('refusal');
  });
});

test('nothing is left behind', async () => {
  const left = (): number => readdirSync(tmpdir()).filter((name) => name.startsWith('netdiag-signature-')).length;
  const before = left();
  await verify(sign('anna'), ['anna@example.com']);
  expect(left()).toBeLessThanOrEqual(before);
});

/** Another letter in the last whole line, which belongs to the signature itself. */
function withAnotherLetter(armored: string): string {
  const lines = armored.split('\n');
  const at = lines.findIndex((line) => line.startsWith('-----END')) - 2;
  const line = lines[at] ?? '';
  return lines.with(at, `${line.slice(0, 20)}${line[20] === 'A' ? 'B' : 'A'}${line.slice(21)}`).join('\n');
}
