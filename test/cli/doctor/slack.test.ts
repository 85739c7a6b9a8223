import nock from 'nock';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { questionMethods, slackQuestions } from '../../../src/adapter/slack/questions.ts';
import type { Item } from '../../../src/cli/doctor/item.ts';
import { manifestScopes } from '../../../src/cli/doctor/manifest.ts';
import { slackItems, type SlackPatient } from '../../../src/cli/doctor/slack.ts';
import { methods } from '../../../src/sandbox/slack/method/index.ts';
import { onlyNock } from '../../adapter/kubernetes/api.ts';
import { clock, practise } from '../../adapter/slack/practice.ts';
import { FlyingClock } from '../../fake/clock.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const SLACK = 'https://slack.test';
const SCOPES = { needed: ['chat:write', 'users:read'], optional: ['chat:write.public'] };

type Answers = Record<string, object | ((args: URLSearchParams) => object)>;

/** A workspace in which everything is well. */
const WELL: Answers = {
  'auth.test': { ok: true, team: 'Acme', team_id: 'T1', user: 'netdiag', user_id: 'UBOT' },
  'apps.connections.open': { ok: true, url: 'wss://wss.slack.test/link/?ticket=sesame' },
  'conversations.info': (args) => ({
    ok: true,
    channel: { id: args.get('channel'), name: 'incidents', is_member: true },
  }),
  'users.conversations': { ok: true, channels: [{ id: 'C1', name: 'incidents', is_member: true }] },
  'files.getUploadURLExternal': { ok: true, upload_url: 'https://files.slack.test/upload/v1/x', file_id: 'F1' },
  'usergroups.users.list': { ok: true, users: ['U1', 'U2', 'U3'] },
  'users.info': (args) => ({
    ok: true,
    user: { id: args.get('user'), name: args.get('user')?.toLowerCase(), team_id: 'T1' },
  }),
};

interface Sickness {
  readonly answers?: Answers;
  readonly headers?: Record<string, string>;
  readonly patient?: Partial<SlackPatient>;
}

/** What the doctor says of a workspace that is well but for `sick`, and the tokens that each method got. */
async function examined(sick: Sickness = {}): Promise<{ items: readonly Item[]; tokens: Record<string, string> }> {
  onlyNock();
  const tokens: Record<string, string> = {};
  const headers = { 'x-oauth-scopes': 'chat:write,users:read', date: new Date(NOW).toUTCString(), ...sick.headers };
  nock(SLACK)
    .persist()
    .post(/^\/api\//)
    .reply(async (request: Request): Promise<[number, object, Record<string, string>]> => {
      const method = new URL(request.url).pathname.slice('/api/'.length);
      tokens[method] = request.headers.get('authorization') ?? '';
      const answer = { ...WELL, ...sick.answers }[method] ?? { ok: false, error: 'unknown_method' };
      const args = new URLSearchParams(await request.text());
      return [
        200,
        typeof answer === 'function' ? (answer as (given: URLSearchParams) => object)(args) : answer,
        headers,
      ];
    });
  const time = new FlyingClock(NOW);
  const items = await slackItems({
    slack: { botToken: 'xoxb-sesame', appToken: 'xapp-sesame', http: null, apiUrl: `${SLACK}/api/` },
    ask: slackQuestions(`${SLACK}/api/`, time),
    clock: time,
    wanted: SCOPES,
    channels: ['C1'],
    auditChannel: null,
    approvers: ['U1', 'U2'],
    starters: [],
    ...sick.patient,
  });
  expect(JSON.stringify(items)).not.toContain('sesame');
  return { items, tokens };
}

const bad = (items: readonly Item[]): string[] =>
  items
    .filter(({ health }) => health !== 'ok')
    .map(({ id, of, health }) => [health, id, ...(of === null ? [] : [of])].join(' '));

describe('a workspace that is well', () => {
  test('has nothing red, and each token goes to its own method', async () => {
    const { items, tokens } = await examined();
    expect(bad(items)).toEqual([]);
    expect(items.map(({ id }) => id)).toEqual([
      'slack.bot-token',
      'slack.app-token',
      'slack.scopes',
      'slack.clock',
      'slack.channel',
      'slack.files',
      'slack.approver',
      'slack.approver',
    ]);
    expect(tokens['apps.connections.open']).toBe('Bearer xapp-sesame');
    expect(Object.keys(tokens).filter((method) => tokens[method] !== 'Bearer xoxb-sesame')).toEqual([
      'apps.connections.open',
    ]);
  });

  test('a bot of any channel is well where it was invited to one', async () => {
    const { items } = await examined({ patient: { channels: null } });
    expect(items.find(({ id }) => id === 'slack.channel')).toMatchObject({
      health: 'ok',
      seen: 'the bot is in 1 channel: #incidents',
    });
  });

  test("the audit's own channel is looked at too, once", async () => {
    const ids = async (patient: Partial<SlackPatient>) =>
      (await examined({ patient })).items.filter(({ id }) => id === 'slack.channel').map(({ of }) => of);
    expect(await ids({ auditChannel: 'C9' })).toEqual(['C1', 'C9']);
    expect(await ids({ auditChannel: 'C1' })).toEqual(['C1']);
    expect(await ids({ auditChannel: 'C9', channels: null })).toEqual([null, 'C9']);
  });

  test('channels on several pages are all counted', async () => {
    const pages: Record<string, object> = {
      '': { ok: true, channels: [{ id: 'C1' }], response_metadata: { next_cursor: 'two' } },
      two: { ok: true, channels: [{ id: 'C2' }], response_metadata: { next_cursor: '' } },
    };
    const answers: Answers = { 'users.conversations': (args) => pages[args.get('cursor') ?? ''] ?? {} };
    const { items } = await examined({ answers, patient: { channels: null } });
    expect(items.find(({ id }) => id === 'slack.channel')?.seen).toBe('the bot is in 2 channels: C1, C2');
  });

  test('a user group is as good as its members', async () => {
    const { items } = await examined({ patient: { approvers: ['S1'] } });
    expect(bad(items)).toEqual([]);
    expect(items.at(-1)).toMatchObject({ id: 'slack.approver', of: 'S1', seen: 'user group S1, 3 people' });
  });

  test('a scope that the manifest calls optional may be there', async () => {
    expect(
      bad((await examined({ headers: { 'x-oauth-scopes': 'chat:write, users:read,chat:write.public' } })).items),
    ).toEqual([]);
  });
});

const refuses = (error: string) => ({ ok: false, error });

describe('a workspace that is not well', () => {
  test.each<[string, Sickness, string[], RegExp]>([
    [
      'the bot token is refused',
      { answers: { 'auth.test': refuses('invalid_auth') } },
      ['fault slack.bot-token'],
      /invalid_auth/,
    ],
    [
      'the app token is refused',
      { answers: { 'apps.connections.open': refuses('not_allowed_token_type') } },
      ['fault slack.app-token'],
      /connections:write/,
    ],
    [
      'a scope is missing',
      { headers: { 'x-oauth-scopes': 'chat:write' } },
      ['fault slack.scopes'],
      /missing: users:read/,
    ],
    [
      'it may not look for what it has posted',
      { patient: { wanted: { needed: [...SCOPES.needed, 'channels:history', 'groups:history'], optional: [] } } },
      ['warning slack.scopes'],
      /missing: channels:history, groups:history; .* may stand twice/,
    ],
    [
      'a scope is too many',
      { headers: { 'x-oauth-scopes': 'chat:write,users:read,admin' } },
      ['warning slack.scopes'],
      /admin/,
    ],
    ['there is no manifest', { patient: { wanted: null } }, ['unseen slack.scopes'], /manifest\.yml is not here/],
    [
      'the clocks differ',
      { headers: { date: new Date(NOW - 600_000).toUTCString() } },
      ['fault slack.clock'],
      /599 s behind/,
    ],
    [
      'the bot is not in the channel',
      { answers: { 'conversations.info': { ok: true, channel: { id: 'C1', name: 'x' } } } },
      ['fault slack.channel C1'],
      /\/invite @netdiag/,
    ],
    [
      'the channel is not to be seen',
      { answers: { 'conversations.info': refuses('channel_not_found') } },
      ['fault slack.channel C1'],
      /\/invite @netdiag/,
    ],
    [
      'the channel is shared',
      { answers: { 'conversations.info': { ok: true, channel: { id: 'C1', is_member: true, is_ext_shared: true } } } },
      ['fault slack.channel C1'],
      /Slack Connect/,
    ],
    [
      'the bot is in no channel',
      { patient: { channels: null }, answers: { 'users.conversations': { ok: true, channels: [] } } },
      ['warning slack.channel'],
      /no channel/,
    ],
    [
      'files are not allowed',
      { answers: { 'files.getUploadURLExternal': refuses('missing_scope') } },
      ['fault slack.files'],
      /install it|Install the app/i,
    ],
    [
      'an approver is deactivated',
      {
        answers: {
          'users.info': (args) => ({
            ok: true,
            user: { name: 'x', team_id: 'T1', deleted: args.get('user') === 'U2' },
          }),
        },
      },
      ['fault slack.approver U2', 'warning slack.approvers'],
      /is deactivated/,
    ],
    [
      'the approvers are a bot and a stranger',
      {
        answers: {
          'users.info': (args) => ({
            ok: true,
            user: args.get('user') === 'U2' ? { name: 'x', team_id: 'T2' } : { name: 'y', is_bot: true },
          }),
        },
      },
      ['fault slack.approver U1', 'fault slack.approver U2', 'fault slack.approvers'],
      /is a bot/,
    ],
    [
      'an approver does not exist',
      {
        patient: { approvers: ['U1', 'U2', 'U3'] },
        answers: {
          'users.info': (args) =>
            args.get('user') === 'U3' ? refuses('user_not_found') : { ok: true, user: { team_id: 'T1' } },
        },
      },
      ['fault slack.approver U3'],
      /no such person/,
    ],
    [
      'a starter is a guest',
      {
        patient: { starters: ['U3'] },
        answers: {
          'users.info': (args) => ({ ok: true, user: { team_id: 'T1', is_restricted: args.get('user') === 'U3' } }),
        },
      },
      ['fault slack.starter U3'],
      /is a guest/,
    ],
  ])('%s', async (_, sick, expected, says) => {
    const { items } = await examined(sick);
    const found = bad(items).filter((one) => !one.startsWith('unseen') || expected.includes(one));
    expect(found).toEqual(expected);
    const [first] = items.filter(({ health }) => health !== 'ok');
    expect(`${first?.seen} ${first?.mend}`).toMatch(says);
    expect(items.filter(({ health }) => health === 'fault').every(({ mend }) => mend !== null)).toBe(true);
  });

  test.each<[string, object, RegExp]>([
    ['has no members', { ok: true, users: [] }, /has no members/],
    ['is none', { ok: false, error: 'no_such_subteam' }, /no_such_subteam/],
    ['wants another plan', { ok: false, error: 'plan_upgrade_required' }, /plan_upgrade_required/],
  ])('a user group that %s lets nobody approve', async (_, answer, says) => {
    const { items } = await examined({ answers: { 'usergroups.users.list': answer }, patient: { approvers: ['S1'] } });
    expect(bad(items)).toEqual(['fault slack.approver S1', 'fault slack.approvers']);
    expect(items.find(({ of }) => of === 'S1')?.seen).toMatch(says);
  });

  test('a group of one, and requests by HTTP: works, with a warning', async () => {
    const http = { signingSecret: 'sesame-sesame-sesame', port: 3000 };
    const { items, tokens } = await examined({
      answers: { 'usergroups.users.list': { ok: true, users: ['U1'] } },
      patient: { approvers: ['S1'], slack: { botToken: 'xoxb-sesame', appToken: '', http, apiUrl: null } },
    });
    expect(bad(items)).toEqual(['warning slack.http', 'warning slack.approvers']);
    expect(Object.keys(tokens)).not.toContain('apps.connections.open');
  });

  test('nothing is green behind a bot token that opens nothing', async () => {
    const { items } = await examined({ answers: { 'auth.test': refuses('token_revoked') } });
    expect(items.filter(({ health }) => health === 'ok').map(({ id }) => id)).toEqual(['slack.app-token']);
  });
});

describe('a question to Slack', () => {
  const ask = (time = new FlyingClock(NOW)) => slackQuestions(`${SLACK}/api/`, time);

  test('that is asked too often waits once, as long as Slack wants', async () => {
    onlyNock();
    nock(SLACK).post('/api/auth.test').reply(429, '', { 'retry-after': '7' });
    nock(SLACK).post('/api/auth.test').reply(200, { ok: true });
    const time = new FlyingClock(NOW);
    expect(await ask(time)('xoxb-1', 'auth.test')).toMatchObject({ is: 'answered' });
    expect(time.now()).toBe(NOW + 7000);
  });

  test.each([
    [429, '', { 'retry-after': '600' }, 'it asks to wait 600 s before the next question'],
    [200, '<html>Sign in</html>', {}, "HTTP 200 without Slack's JSON: something else answers in its place"],
    [302, '', { location: 'https://evil.test/' }, "HTTP 302 without Slack's JSON: something else answers in its place"],
    [503, '{"ok":false,"error":"service_unavailable"}', {}, 'HTTP 503 (service_unavailable)'],
  ])('that is answered with %i %j is not answered', async (status, body, headers, because) => {
    onlyNock();
    nock(SLACK).post('/api/auth.test').reply(status, body, headers);
    expect(await ask()('xoxb-1', 'auth.test')).toMatchObject({ is: 'silent', because });
  });

  test('whose connection fails says why, and holds no word of an attacker', async () => {
    onlyNock();
    nock(SLACK)
      .post('/api/auth.test')
      .replyWithError(Object.assign(new Error('sesame'), { code: 'ECONNREFUSED' }));
    expect(await ask()('xoxb-1', 'auth.test')).toMatchObject({ is: 'silent' });
    nock(SLACK).post('/api/auth.test').reply(200, { ok: false, error: '\u001b[2J<!channel>' });
    expect(await ask()('xoxb-1', 'auth.test')).toMatchObject({ is: 'refused', code: 'an error without a name' });
  });
});

test('the manifest gives its scopes, and they are enough for every question', () => {
  const scopes = manifestScopes(() => readFileSync(new URL('../../../manifest.yml', import.meta.url), 'utf8'));
  expect(scopes?.needed).toContain('chat:write');
  const closed = questionMethods.filter((name) => {
    const method = methods.find((one) => one.name === name);
    if (method?.token !== 'bot' || method.scopes.length === 0) return method === undefined;
    return !method.scopes.some((scope) => scopes?.needed.includes(scope));
  });
  expect(closed).toEqual([]);
  expect(manifestScopes(() => 'oauth_config: 7')).toBeNull();
});

describe('the practice workspace', () => {
  test('is well, and shows no trace of the doctor', async () => {
    await using practice = await practise();
    const { botToken, appToken, slackApiUrl: apiUrl } = practice.said;
    const wanted = manifestScopes(() => readFileSync(new URL('../../../manifest.yml', import.meta.url), 'utf8'));
    const before = await practice.messages();
    const items = await slackItems({
      slack: { botToken, appToken, http: null, apiUrl },
      ask: slackQuestions(apiUrl, clock),
      clock,
      wanted,
      channels: ['CINCIDENTS'],
      auditChannel: null,
      approvers: ['USECOND01', 'UTHIRD001'],
      starters: ['UONCALL01'],
    });
    expect(bad(items)).toEqual([]);
    expect(await practice.messages()).toEqual(before);
    expect((await practice.state()).connections).toEqual([]);
    expect(await practice.violations()).toEqual([]);
  });

  test('finds who has left, a channel without the bot, and a token that is none', async () => {
    await using practice = await practise();
    const { botToken, slackApiUrl: apiUrl } = practice.said;
    const items = await slackItems({
      slack: { botToken, appToken: 'xapp-wrong', http: null, apiUrl },
      ask: slackQuestions(apiUrl, clock),
      clock,
      wanted: null,
      channels: ['CNOWHERE1'],
      auditChannel: null,
      approvers: ['USECOND01', 'ULEFT0001'],
      starters: [],
    });
    expect(bad(items).toSorted()).toEqual([
      'fault slack.app-token',
      'fault slack.approver ULEFT0001',
      'fault slack.channel CNOWHERE1',
      'unseen slack.scopes',
      'warning slack.approvers',
    ]);
  });
});
