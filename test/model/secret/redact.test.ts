import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KINDS } from '../../../src/model/secret/kinds.ts';
import { redact, redactBytes } from '../../../src/model/secret/redact.ts';
import { CORPUS } from './corpus.ts';

const FIXTURES = join(import.meta.dirname, '../../fixture');
const outputs = readdirSync(FIXTURES, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.out'))
  .map((entry) => readFileSync(join(entry.parentPath, entry.name)));

describe('secrets', () => {
  test('the corpus has every kind, and more than twenty', () => {
    const kinds = new Set(
      CORPUS.flatMap(([, planted]) => fc.sample(planted, { numRuns: 3, seed: 1 }).map(({ kind }) => kind)),
    );
    expect([...kinds].toSorted()).toEqual([...KINDS].toSorted());
    expect(KINDS.length).toBeGreaterThan(20);
  });

  test.each(CORPUS)('T13: %s is cut, wherever it stands, and nothing beside it', (_title, planted) => {
    const before = fc.constantFrom('', '10.0.0.0/24 dev eth0\n', '{\n  "a": 1,\n', 'abc\n\n');
    const after = fc.constantFrom('', '\n10.0.0.1 dev eth0 lladdr 02:00:00:00:00:01 REACHABLE', '\n\n}\n');
    fc.assert(
      fc.property(planted, before, after, ({ kind, secrets, text }, lead, trail) => {
        const whole = `${lead}${text}${trail}`;
        const { text: left, cut } = redact(whole);
        for (const secret of secrets) expect(left).not.toContain(secret);
        expect(cut).toContain(kind);
        expect(left).toContain(`[cut: ${kind}]`);
        expect(left.split('\n')).toHaveLength(whole.split('\n').length);
        expect(left.startsWith(lead)).toBe(true);
        expect(left.endsWith(trail)).toBe(true);
        expect(redact(left)).toEqual({ text: left, cut: [] });
      }),
      { numRuns: 60 },
    );
  });

  test('JSON stays JSON', () => {
    const planted = fc.oneof(...CORPUS.map(([, one]) => one));
    fc.assert(
      fc.property(planted, ({ text, secrets }) => {
        for (const json of [JSON.stringify([text, 1]), JSON.stringify({ a: JSON.stringify({ b: text }) })]) {
          const { text: left } = redact(json);
          expect(() => JSON.parse(left) as unknown).not.toThrow();
        }
        fc.pre(!/[\n\t\0]/.test(text));
        expect(redact(JSON.stringify([text])).text).not.toContain(secrets.at(-1));
      }),
      { numRuns: 400 },
    );
  });
});

describe('what is no secret', () => {
  test('every recorded output of every probe stays byte for byte', () => {
    expect(outputs.length).toBeGreaterThan(100);
    for (const output of outputs) expect(redactBytes(output)).toEqual({ bytes: output, cut: [] });
  });

  const hex = (length: number) =>
    fc
      .array(fc.constantFrom(...'0123456789abcdef'.split('')), { minLength: length, maxLength: length })
      .map((all) => all.join(''));
  const base64 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('base64'));
  const mac = fc.array(hex(2), { minLength: 6, maxLength: 6 }).map((all) => all.join(':'));
  const lines = fc.oneof(
    fc.tuple(mac, fc.ipV4()).map(([one, ip]) => `${ip} dev eth0 lladdr ${one} REACHABLE`),
    fc.ipV6().map((ip) => `inet6 ${ip}/64 scope global token ::${ip.length}`),
    fc.ipV6().map((ip) => `token ${ip} dev eth0`),
    fc.uuid().map((uid) => `pod ${uid} of kube-system/kube-proxy-x7k2p`),
    hex(64).map((hash) => `plan ${hash.slice(0, 32)} hash ${hash} sha256:${hash}`),
    base64.map((key) => `SHA256:${key.slice(0, 43)} ssh-ed25519 ${key}`),
    base64.map((key) => `peer: ${key}`),
    base64.map((key) => `public key: ${key}`),
    fc
      .tuple(hex(8), mac)
      .map(([xid, one]) => `DHCPDISCOVER on eth0 to 255.255.255.255 port 67 interval 3 (xid=0x${xid}) ${one}`),
    fc.nat().map((key) => `gre remote 10.0.0.1 local 10.0.0.2 ttl 255 key ${key} ikey ${key}`),
    fc.nat().map((at) => `BGP community: 65000:${at} 65001:${at}`),
    fc.constantFrom(
      'passwd:         files systemd',
      'PasswordAuthentication no',
      'Failed password for root from 10.0.0.1 port 22 ssh2',
      'authentication:',
      'authorization:',
      '  tokenTTL: 10m',
      '--service-account-key-file=/etc/kubernetes/pki/sa.pub --token-auth-file=/x',
      '--tls-private-key-file=/etc/kubernetes/pki/a.key',
      'tlsPrivateKeyFile: /var/lib/kubelet/pki/kubelet.key',
      'secret: /var/run/secrets/kubernetes.io/serviceaccount',
      '  secretName: tls-x',
      '- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      key: password',
      'password: ${DB_PASSWORD}',
      'token=$(cat /run/token)',
      '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n-----END CERTIFICATE-----',
      'kind: ConfigMap\ndata:\n  Corefile: abc',
      'http://10.0.0.1:8080/a@b',
      'src 10.0.0.1 dst 10.0.0.2 proto esp spi 0xc1b2a3d4 reqid 1 mode tunnel',
      'skb->mark 0x4000 secmark',
      'cookie 0x8a3 flags',
    ),
  );

  test('addresses, ids, hashes, public keys and the words around secrets stay', () => {
    fc.assert(
      fc.property(fc.array(lines, { minLength: 1, maxLength: 20 }), (all) => {
        const text = all.join('\n');
        expect(redact(text)).toEqual({ text, cut: [] });
      }),
      { numRuns: 500 },
    );
  });

  test('a secret among recorded outputs is cut out of them alone', () => {
    const planted = fc.oneof(...CORPUS.map(([, one]) => one));
    fc.assert(
      fc.property(
        planted,
        fc.constantFrom(...outputs),
        fc.constantFrom(...outputs),
        ({ text, secrets }, one, other) => {
          const [lead, trail] = [one.toString('latin1'), other.toString('latin1')];
          const { bytes } = redactBytes(Buffer.from(`${lead}\n${text}\n\n---\n${trail}`, 'latin1'));
          const left = Buffer.from(bytes).toString('latin1');
          for (const secret of secrets) expect(left).not.toContain(secret);
          expect(left.startsWith(`${lead}\n`) && left.endsWith(`\n---\n${trail}`)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('any text', () => {
  const fragment = fc.constantFrom(
    'password',
    ' ',
    '=',
    ': ',
    '"',
    "'",
    '\\',
    '\n',
    '\r',
    '\0',
    'token',
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
    'eyJ',
    '.',
    '://',
    '@',
    'a:',
    '$6$',
    'kind: Secret',
    'data:',
    '  a: b',
    'MIIEvQIBADANBgkqhkiG',
    '[cut: token]',
    '{',
    '}',
    ',',
    '---',
    '\ud800',
    'é',
    '\u202e',
  );
  const any = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(fragment, { maxLength: 60 }).map((all) => all.join('')),
  );

  test('never throws, keeps the number of lines, and a second time cuts nothing more', () => {
    fc.assert(
      fc.property(any, (text) => {
        const { text: left, cut } = redact(text);
        expect(left.split('\n')).toHaveLength(text.split('\n').length);
        expect(left !== text).toBe(cut.length > 0);
        expect(redact(left)).toEqual({ text: left, cut: [] });
      }),
      { numRuns: 3000 },
    );
  });

  test('what the first cut lays bare is cut as well', () => {
    const { text, cut } = redact('$6$-----BEGIN PRIVATE KEY-----\ud800-----BEGIN PRIVATE KEY-----password');
    expect(redact(text)).toEqual({ text, cut: [] });
    expect(text).not.toMatch(/-password$/);
    expect(cut).toContain('private-key');
  });

  test('bytes that are not cut stay', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const lead = Buffer.concat([bytes, Buffer.from('\nDB_PASSWORD=hunter2')]);
        const { bytes: left } = redactBytes(lead);
        expect(Buffer.from(left).subarray(-23).toString()).toBe('PASSWORD=[cut: password]'.slice(-23));
      }),
      { numRuns: 100 },
    );
  });

  /** Steps are what counts; a ratio of two sizes tells linear from quadratic on any machine. */
  test.each([
    'a',
    'eyJ',
    'password=',
    'password = ',
    '://a:',
    'a:',
    '$1$',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----\n',
    '"',
    'password="\\',
    'token: ',
    'curl ',
    'curl -u a',
    `${'A'.repeat(43)}=\t`,
    'sk-',
    '--a-',
    'cookie: ',
    '"kind":"Secret""data":{',
    'kind: Secret\ndata:\n  a: b\n',
    '"name":"password',
    'auth x ',
    'com2sec a b ',
    '//a',
    'key\n',
    'key ',
    '--password ',
    'password_',
    'neighbor a ',
    '---\n',
    'snmpwalk -v ',
  ])('takes time in proportion: %j', (unit) => {
    const took = (length: number): number => {
      const text = `key${unit.repeat(Math.ceil(length / unit.length))}`;
      return Math.min(
        ...[0, 1, 2].map(() => {
          const began = process.cpuUsage();
          redact(text);
          const { user, system } = process.cpuUsage(began);
          return user + system;
        }),
      );
    };
    took(20_000);
    const [small, large] = [took(60_000), took(600_000)];
    expect(large).toBeLessThan(40 * Math.max(small, 4_000));
  });
});
