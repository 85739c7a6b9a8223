import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import ssh2 from 'ssh2';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkpointLine } from '../../../src/adapter/journal/audit-checkpoint.ts';
import { openJournal } from '../../../src/adapter/journal/index.ts';
import { fileItems } from '../../../src/cli/doctor/files.ts';
import type { Item } from '../../../src/cli/doctor/item.ts';
import { journalItems } from '../../../src/cli/doctor/journal.ts';
import { playbooksItem, readSettings, settingsItems } from '../../../src/cli/doctor/settings.ts';
import { PLAYBOOKS } from '../../../src/cli/house.ts';
import { step } from '../../contract/journal.ts';

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'netdiag-doctor-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const pair = ssh2.utils.generateKeyPairSync('ed25519');
const TOKENS = { SLACK_BOT_TOKEN: 'xoxb-12345678', SLACK_APP_TOKEN: 'xapp-12345678' };

/** A configuration in a directory of its own, healthy but for `changes`. */
function configured(changes: { approval?: string; env?: object } = {}): {
  env: Record<string, string>;
  key: string;
  hosts: string;
  kubeconfig: string;
} {
  const at = directory();
  const [key, hosts, kubeconfig] = [join(at, 'id_ed25519'), join(at, 'known_hosts'), join(at, 'kubeconfig')];
  writeFileSync(key, pair.private, { mode: 0o600 });
  writeFileSync(hosts, `a,10.0.0.1 ${pair.public}\n# a comment\n`);
  writeFileSync(kubeconfig, '{}', { mode: 0o600 });
  const file = join(at, 'netdiag.yml');
  writeFileSync(
    file,
    [
      'cluster: { name: prod-east, kubeconfig: kubeconfig }',
      'ssh: { user: ops, privateKeyFile: id_ed25519, knownHostsFile: known_hosts }',
      changes.approval ?? 'approval: { approvers: [U0EXAMPLE1, U0EXAMPLE2] }',
      'journal: { url: "sqlite:journal.db" }',
    ].join('\n'),
  );
  return { env: { ...TOKENS, NETDIAG_CONFIG: file, ...changes.env }, key, hosts, kubeconfig };
}

const read = (path: string): string => readFileSync(path, 'utf8');
const one = (items: readonly Item[], id: string): Item | undefined =>
  items.find((item) => item.id === `configuration.${id}`);

describe('settings', () => {
  test('that are right are one line', () => {
    const settings = readSettings(configured().env, read, true);
    expect(settingsItems(settings)).toMatchObject([
      { health: 'ok', seen: 'cluster prod-east by a kubeconfig, nodes as ops, 2 approvers' },
    ]);
    expect(settings.slack?.botToken).toBe('xoxb-12345678');
  });

  test('that are wrong are a line each, with their place; what is right is still used', () => {
    const settings = readSettings(configured({ env: { SLACK_BOT_TOKEN: 'sesame-secret' } }).env, read, true);
    expect(settingsItems(settings)).toMatchObject([
      {
        of: 'SLACK_BOT_TOKEN',
        health: 'fault',
        seen: 'SLACK_BOT_TOKEN in the environment: found something else (not shown), expected a token xoxb-…',
      },
    ]);
    expect(JSON.stringify(settingsItems(settings))).not.toContain('sesame');
    expect(settings.config?.cluster.name).toBe('prod-east');
    expect(settings.slack).toBeNull();
  });

  test('a wrong file leaves the tokens of use', () => {
    const { env } = configured({ approval: 'approvel: 7' });
    const settings = readSettings(env, read, true);
    expect(settingsItems(settings)).toMatchObject([
      {
        of: 'approvel',
        health: 'fault',
        seen: expect.stringMatching(/netdiag\.yml:3:1: .*did you mean approval/) as string,
      },
    ]);
    expect(settings.config).toBeNull();
    expect(settings.slack).not.toBeNull();
  });

  test('without Slack, no token and no approver is missed', () => {
    const { NETDIAG_CONFIG = '' } = configured({ approval: '' }).env;
    expect(settingsItems(readSettings({ NETDIAG_CONFIG }, read, false))).toMatchObject([{ health: 'ok' }]);
    expect(settingsItems(readSettings({ NETDIAG_CONFIG }, read, true)).map(({ of }) => of)).toEqual([
      'SLACK_BOT_TOKEN',
      'SLACK_APP_TOKEN',
      'approval',
    ]);
  });
});

describe('playbooks', () => {
  test('of this netdiag are without mistakes', () => {
    expect(playbooksItem(PLAYBOOKS)).toMatchObject({ health: 'ok' });
  });

  test('with a mistake, or none at all, are a fault; without a directory they are not seen', () => {
    const at = directory();
    expect(playbooksItem(at)).toMatchObject({ health: 'fault', mend: 'Install netdiag again.' });
    writeFileSync(join(at, 'x.yml'), 'id: 7');
    expect(playbooksItem(at)).toMatchObject({ health: 'fault', seen: expect.stringMatching(/x\.yml:\d/) as string });
    expect(playbooksItem(join(at, 'none'))).toMatchObject({ health: 'unseen' });
  });
});

describe('files', () => {
  const look = (env: Record<string, string>): readonly Item[] => {
    const { config } = readSettings(env, read, true);
    if (config === null) throw new TypeError('the configuration is wrong');
    return fileItems(config);
  };

  test('that only their owner reads are well', () => {
    expect(look(configured().env).map(({ health }) => health)).toEqual(['ok', 'ok', 'ok']);
  });

  test.each([
    [0o644, 'fault', /everybody on this machine may read it/],
    [0o620, 'fault', /others may write to it/],
    [0o640, 'warning', /the group may read it/],
  ] as const)('a key of mode %o: %s, with the command that mends it', (mode, health, says) => {
    const { env, key } = configured();
    chmodSync(key, mode);
    const item = one(look(env), 'ssh-key');
    expect(item).toMatchObject({ health, mend: `Run chmod 600 ${key}.` });
    expect(item?.seen).toMatch(says);
  });

  test('a key that is none, or wants a passphrase, is said to be so', () => {
    const { env, key } = configured();
    writeFileSync(key, pair.public);
    expect(one(look(env), 'ssh-key')).toMatchObject({ health: 'fault', seen: 'The SSH private key is a public key.' });
    const locked = ssh2.utils.generateKeyPairSync('ed25519', {
      passphrase: 'sesame',
      cipher: 'aes256-ctr',
      rounds: 16,
    });
    writeFileSync(key, locked.private);
    expect(one(look(env), 'ssh-key')).toMatchObject({
      health: 'fault',
      seen: expect.stringMatching(/passphrase/) as string,
    });
  });

  test.each([
    ['', 'fault', /has no key/],
    ['a ssh-ed25519 AAAA\n', 'fault', /line 1 of known_hosts does not hold/],
    ['@cert-authority * ssh-dss\n', 'fault', /line 1 of known_hosts/],
  ])('known_hosts %j: %s', (text, health, says) => {
    const { env, hosts } = configured();
    writeFileSync(hosts, text);
    const item = one(look(env), 'host-keys');
    expect(item?.health).toBe(health);
    expect(item?.seen).toMatch(says);
    expect(item?.mend).not.toBeNull();
  });

  test('known_hosts that others write, and a kubeconfig that others read', () => {
    const { env, hosts, kubeconfig } = configured();
    chmodSync(hosts, 0o666);
    chmodSync(kubeconfig, 0o644);
    expect(one(look(env), 'host-keys')).toMatchObject({ health: 'fault', mend: `Run chmod 644 ${hosts}.` });
    expect(one(look(env), 'kubeconfig')).toMatchObject({ health: 'warning', mend: `Run chmod 600 ${kubeconfig}.` });
  });
});

describe('the journal', () => {
  async function written(): Promise<{ path: string; at: string }> {
    const at = directory();
    const path = join(at, 'journal.db');
    const journal = await openJournal(`sqlite:${path}`);
    const audit = [1, 2, 3].map((nth) => ({ at: nth, incident: 'i1', by: 'U1', what: 'opened', detail: '' }));
    await journal.advance(step('i1', 0, { audit }));
    await journal.close();
    return { path, at };
  }

  function tamper(path: string, statement: string): void {
    const db = new DatabaseSync(path);
    db.exec(statement);
    db.close();
  }

  test('that is whole is well, and is left as it was', async () => {
    const { path, at } = await written();
    const before = readFileSync(path);
    const items = await journalItems(`sqlite:${path}`);
    expect(items.map(({ id, health }) => `${id} ${health}`)).toEqual([
      'configuration.journal ok',
      'configuration.schema ok',
      'configuration.audit ok',
      expect.stringMatching(/^configuration\.disk (ok|warning)$/),
    ]);
    expect(one(items, 'audit')?.seen).toBe('3 rows, the chain is whole');
    expect(readdirSync(at)).toEqual(['journal.db']);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('is read while netdiag has it open, and sees what was written last', async () => {
    const { path } = await written();
    const journal = await openJournal(`sqlite:${path}`);
    onTestFinished(() => journal.close());
    await journal.advance(step('i2', 0, { audit: [{ at: 4, incident: 'i2', by: 'U1', what: 'opened', detail: '' }] }));
    expect(one(await journalItems(`sqlite:${path}`), 'audit')?.seen).toBe('4 rows, the chain is whole');
  });

  test('that is not there yet is made later, and not now', async () => {
    const at = directory();
    const items = await journalItems(`sqlite:${join(at, 'below', 'journal.db')}`);
    expect(items[0]).toMatchObject({
      health: 'ok',
      seen: `${join(at, 'below', 'journal.db')} is made at the first start`,
    });
    expect(readdirSync(at)).toEqual([]);
  });

  test('in memory has nothing to look at', async () => {
    expect(await journalItems('sqlite::memory:')).toMatchObject([{ health: 'ok' }]);
  });

  test.each([
    ["update audit set detail = 'other' where seq = 2", 'audit', /tampered with: row 2 was changed/],
    ['delete from audit where seq = 3', 'audit', /tampered with: row 3/],
    ['update schema_version set version = 99', 'schema', /has schema version 99; this netdiag knows \d/],
    ['drop table schema_version', 'schema', /is a database, but not a journal of netdiag/],
  ])('after %j it is a fault', async (statement, id, says) => {
    const { path } = await written();
    tamper(path, statement);
    const item = one(await journalItems(`sqlite:${path}`), id);
    expect(item?.health).toBe('fault');
    expect(item?.seen).toMatch(says);
    expect(item?.mend).not.toBeNull();
  });

  test('is held against the checkpoints that are kept elsewhere', async () => {
    const { path, at } = await written();
    const file = join(at, 'checkpoints');
    const db = new DatabaseSync(path);
    const head = db.prepare('select seq, hash from audit_head').get() as { seq: number; hash: string };
    db.close();
    expect(one(await journalItems(`sqlite:${path}`, file), 'audit')?.health).toBe('ok');
    writeFileSync(file, `${checkpointLine({ ...head, at: 1000 })}\n`);
    expect(one(await journalItems(`sqlite:${path}`, file), 'audit')?.seen).toBe(
      '3 rows, the chain is whole, as 1 checkpoint saw it',
    );
    writeFileSync(file, `${checkpointLine({ ...head, seq: 7, at: 1000 })}\n`);
    expect(one(await journalItems(`sqlite:${path}`, file), 'audit')).toMatchObject({ health: 'fault' });
    writeFileSync(file, 'not a checkpoint');
    expect(one(await journalItems(`sqlite:${path}`, file), 'audit')?.seen).toMatch(/is not a checkpoint/);
  });

  test('that is no database, or that others may read, is said to be so', async () => {
    const { path } = await written();
    chmodSync(path, 0o644);
    expect(one(await journalItems(`sqlite:${path}`), 'journal')).toMatchObject({
      health: 'warning',
      mend: `Run chmod 600 ${path}.`,
    });
    writeFileSync(path, 'no database at all, whatever its name says. '.repeat(40));
    expect(one(await journalItems(`sqlite:${path}`), 'schema')).toMatchObject({ health: 'fault' });
  });
});
