import { expect, test } from 'vitest';
import { Admission } from '../../../src/adapter/slack/admission.ts';
import { Pace } from '../../../src/adapter/slack/pace.ts';
import { Refused } from '../../../src/adapter/slack/web.ts';
import { ManualClock } from './manual-clock.ts';

const member = { id: 'U1', name: 'ona', team_id: 'T1', profile: { display_name: 'Ona' } };
const room = { id: 'C1', is_member: true };
const source = {
  by: { id: 'U1', name: 'spoofed' },
  place: { team: 'T1', channel: 'C1', thread: null },
  responseUrl: null,
};

function admission(user: object, channel: object | Refused = room, channels: readonly string[] | null = null) {
  const clock = new ManualClock();
  const asked: string[] = [];
  const call = async (method: string): Promise<Record<string, unknown>> => {
    asked.push(method);
    if (method === 'users.info') return Promise.resolve({ user: { ...user } });
    return channel instanceof Refused ? Promise.reject(channel) : Promise.resolve({ channel });
  };
  const pace = new Pace(clock, new AbortController().signal);
  return { admission: new Admission({ call, pace, clock, team: 'T1', channels }), clock, asked };
}

test('a full member is let in under the name that Slack has', async () => {
  expect(await admission(member).admission.admit(source)).toEqual({ in: true, name: 'Ona' });
  expect(await admission({ ...member, profile: { display_name: '' } }).admission.admit(source)).toEqual({
    in: true,
    name: 'ona',
  });
});

test.each([
  ['a guest of several channels', { is_restricted: true }, 'you are a guest here'],
  ['a guest of one channel', { is_ultra_restricted: true }, 'you are a guest here'],
  ['a stranger', { is_stranger: true }, 'people of the workspace that runs it'],
  ['somebody of another workspace', { team_id: 'T2' }, 'people of the workspace that runs it'],
  ['a bot', { is_bot: true }, 'no orders from bots'],
  ['somebody who has left', { deleted: true }, 'deactivated'],
])('T5: %s is not', async (_, change, sentence) => {
  expect(await admission({ ...member, ...change }).admission.admit(source)).toEqual({
    in: false,
    sentence: expect.stringContaining(sentence),
  });
});

test('T5: a payload of another workspace is not, whoever is named in it', async () => {
  const { admission: door, asked } = admission(member);
  const foreign = { ...source, place: { ...source.place, team: 'T2' } };
  expect(await door.admit(foreign)).toMatchObject({ in: false });
  expect(asked).toEqual(['conversations.info']);
});

test.each([
  ['shared with another organisation', { ...room, is_ext_shared: true }],
  ['shared with another organisation', { ...room, is_pending_ext_shared: true }],
  ['archived', { ...room, is_archived: true }],
  ['not in this channel', { ...room, is_member: false }],
  ['not in this channel', new Refused('conversations.info', 'channel_not_found')],
])('T5: a channel that is %s is refused', async (sentence, channel) => {
  expect(await admission(member, channel).admission.admit(source)).toEqual({
    in: false,
    sentence: expect.stringContaining(sentence),
  });
});

test('a direct conversation and a channel shared within the organisation are fine', async () => {
  expect(await admission(member, { id: 'C1', is_im: true }).admission.admit(source)).toMatchObject({ in: true });
  expect(await admission(member, { ...room, is_org_shared: true }).admission.admit(source)).toMatchObject({ in: true });
});

test('a channel that is not configured is refused without asking', async () => {
  const { admission: door, asked } = admission(member, room, ['C2']);
  expect(await door.admit(source)).toMatchObject({ in: false });
  expect(asked).toEqual([]);
});

test('what Slack said holds for a minute, then it is asked again', async () => {
  const user = { ...member, is_restricted: false };
  const { admission: door, clock, asked } = admission(user);
  await door.admit(source);
  user.is_restricted = true;
  await clock.move(59_999);
  expect(await door.admit(source)).toMatchObject({ in: true });
  expect(asked).toHaveLength(2);
  await clock.move(1);
  expect(await door.admit(source)).toMatchObject({ in: false });
});

test('when Slack refuses to say, nobody is let in', async () => {
  const { admission: door } = admission(member, new Refused('conversations.info', 'missing_scope'));
  await expect(door.admit(source)).rejects.toThrow('install it again from manifest.yml');
});
