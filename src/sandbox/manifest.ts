import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { isObject, listOf, objectOf, textOf } from './json.ts';

/** What the workspace takes from the app's manifest. */
export interface Manifest {
  readonly appName: string;
  readonly botScopes: readonly string[];
  readonly commands: readonly { readonly command: string; readonly description: string; readonly hint: string }[];
  readonly botEvents: readonly string[];
  readonly interactive: boolean;
  readonly shortcuts: readonly Shortcut[];
  readonly homeTab: boolean;
  /** Whether people may write to the app directly. */
  readonly messagesTab: boolean;
  /** Off: the app is reached at a request URL instead. */
  readonly socketMode: boolean;
}

/** A shortcut of the app: `global` in the ⚡ menu, `message` in the menu of each message. */
export interface Shortcut {
  readonly type: 'global' | 'message';
  readonly name: string;
  readonly callbackId: string;
  readonly description: string;
}

/**
 * Reads the app's manifest (https://docs.slack.dev/reference/app-manifest).
 * Throws one sentence when the file is missing or is no YAML map.
 */
export function readManifest(path: string): Manifest {
  const manifest: unknown = parse(readFileSync(path, 'utf8'));
  if (!isObject(manifest)) throw new Error(`${path} is no app manifest: it should be a YAML map.`);
  const settings = objectOf(manifest, 'settings');
  const features = objectOf(manifest, 'features');
  const home = objectOf(features, 'app_home');
  return {
    appName: textOf(objectOf(manifest, 'display_information'), 'name') ?? 'app',
    botScopes: listOf(objectOf(objectOf(manifest, 'oauth_config'), 'scopes')['bot']).map(String),
    commands: listOf(features['slash_commands']).map((entry) => ({
      command: textOf(entry, 'command') ?? '',
      description: textOf(entry, 'description') ?? '',
      hint: textOf(entry, 'usage_hint') ?? '',
    })),
    botEvents: listOf(objectOf(settings, 'event_subscriptions')['bot_events']).map(String),
    interactive: objectOf(settings, 'interactivity')['is_enabled'] === true,
    shortcuts: listOf(features['shortcuts']).map((entry) => ({
      type: textOf(entry, 'type') === 'message' ? 'message' : 'global',
      name: textOf(entry, 'name') ?? '',
      callbackId: textOf(entry, 'callback_id') ?? '',
      description: textOf(entry, 'description') ?? '',
    })),
    homeTab: home['home_tab_enabled'] === true,
    messagesTab: home['messages_tab_enabled'] === true && home['messages_tab_read_only_enabled'] !== true,
    socketMode: settings['socket_mode_enabled'] === true,
  };
}
