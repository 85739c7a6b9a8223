import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { WebMethod } from '../../../src/adapter/slack/web.ts';
import { webMethods } from '../../../src/adapter/slack/web.ts';
import { methods as spoken } from '../../../src/sandbox/slack/method/index.ts';

/** Scopes that each method needs for public and private channels, from the method's page at docs.slack.dev/reference/methods. */
const scopes: Readonly<Record<WebMethod, readonly string[]>> = {
  'auth.test': [],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.info': ['channels:read', 'groups:read'],
  'files.completeUploadExternal': ['files:write'],
  'files.getUploadURLExternal': ['files:write'],
  'users.info': ['users:read'],
};

const manifest = z
  .object({
    features: z.object({ slash_commands: z.array(z.object({ command: z.string(), should_escape: z.boolean() })) }),
    oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
    settings: z.object({
      interactivity: z.object({ is_enabled: z.boolean() }),
      socket_mode_enabled: z.boolean(),
      event_subscriptions: z.unknown().optional(),
    }),
  })
  .parse(parse(readFileSync(new URL('../../../manifest.yml', import.meta.url), 'utf8')));

test('asks for the scopes of the methods that are called and of the command, and for no others', () => {
  const asked = manifest.oauth_config.scopes.bot;
  const needed = new Set(['commands', ...webMethods.flatMap((method) => scopes[method])]);
  expect(asked.toSorted()).toEqual([...needed].toSorted());
});

test('has the one command that is heard, its text unescaped', () => {
  expect(manifest.features.slash_commands).toMatchObject([{ command: '/netdiag', should_escape: false }]);
});

test('delivers presses, and over Socket Mode', () => {
  expect(manifest.settings).toMatchObject({ interactivity: { is_enabled: true }, socket_mode_enabled: true });
});

test('subscribes to no event, because none is heard', () => {
  expect(manifest.settings.event_subscriptions).toBeUndefined();
});

test.each(webMethods)('%s is practised in the workspace with the same scopes', (name) => {
  const method = spoken.find((one) => one.name === name);
  expect(method?.scopes).toEqual(expect.arrayContaining([...scopes[name]]));
});
