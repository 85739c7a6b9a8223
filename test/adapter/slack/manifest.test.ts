import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { WebMethod } from '../../../src/adapter/slack/web.ts';
import { read } from '../../../src/adapter/slack/inbound.ts';
import { shortcuts } from '../../../src/adapter/slack/payload/shortcut.ts';
import { webMethods } from '../../../src/adapter/slack/web.ts';
import { methods as spoken } from '../../../src/sandbox/slack/method/index.ts';

/** Scopes that each method needs for public and private channels, from the method's page at docs.slack.dev/reference/methods. */
const scopes: Readonly<Record<WebMethod, readonly string[]>> = {
  'auth.test': [],
  'chat.getPermalink': [],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.members': ['channels:read', 'groups:read'],
  'conversations.replies': ['channels:history', 'groups:history'],
  'files.completeUploadExternal': ['files:write'],
  'files.getUploadURLExternal': ['files:write'],
  'usergroups.users.list': ['usergroups:read'],
  'users.info': ['users:read'],
  'views.open': [],
  'views.publish': [],
};

/** Events that are heard, with the scope that each needs. */
const events: Readonly<Record<string, readonly string[]>> = {
  app_home_opened: [],
  app_mention: ['app_mentions:read'],
};

const manifest = z
  .object({
    features: z.object({
      app_home: z.object({ home_tab_enabled: z.boolean(), messages_tab_enabled: z.boolean() }),
      shortcuts: z.array(
        z.object({ type: z.enum(['global', 'message']), name: z.string().max(24), callback_id: z.string() }),
      ),
      slash_commands: z.array(z.object({ command: z.string(), should_escape: z.boolean() })),
    }),
    oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
    settings: z.object({
      interactivity: z.object({ is_enabled: z.boolean() }),
      socket_mode_enabled: z.boolean(),
      event_subscriptions: z.object({ bot_events: z.array(z.string()) }),
    }),
  })
  .parse(parse(readFileSync(new URL('../../../manifest.yml', import.meta.url), 'utf8')));

test('asks for the scopes of the methods that are called and of the command, and for no others', () => {
  const asked = manifest.oauth_config.scopes.bot;
  const needed = new Set([
    'commands',
    ...webMethods.flatMap((method) => scopes[method]),
    ...Object.values(events).flat(),
  ]);
  expect(asked.toSorted()).toEqual([...needed].toSorted());
});

test('has the one command that is heard, its text unescaped', () => {
  expect(manifest.features.slash_commands).toMatchObject([{ command: '/netdiag', should_escape: false }]);
});

test('delivers presses, and over Socket Mode', () => {
  expect(manifest.settings).toMatchObject({ interactivity: { is_enabled: true }, socket_mode_enabled: true });
});

test('subscribes to the events that are heard, and to no others', () => {
  const heard = (type: string): string =>
    read({ type: 'event_callback', team_id: 'T1', event: { type, user: 'U1', tab: 'home', channel: 'C1', ts: '1.1' } })
      .is;
  const { bot_events: subscribed } = manifest.settings.event_subscriptions;
  expect(subscribed.toSorted()).toEqual(Object.keys(events));
  expect(subscribed.map(heard)).toEqual(['home', 'find']);
  expect(heard('message')).toBe('nothing');
});

test('has the two shortcuts that are heard, and a Home tab', () => {
  expect(manifest.features.shortcuts.map(({ type, callback_id: id }) => [type, id])).toEqual([
    ['global', shortcuts.global],
    ['message', shortcuts.message],
  ]);
  expect(manifest.features.app_home).toEqual({ home_tab_enabled: true, messages_tab_enabled: false });
});

test.each(webMethods)('%s is practised in the workspace with the same scopes', (name) => {
  const method = spoken.find((one) => one.name === name);
  expect(method?.scopes).toEqual(expect.arrayContaining([...scopes[name]]));
});
