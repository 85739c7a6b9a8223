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
}

/**
 * Reads the app's manifest (https://docs.slack.dev/reference/app-manifest).
 * Throws one sentence when the file is missing, is no YAML map, or has Socket Mode off.
 */
export function readManifest(path: string): Manifest {
  const manifest: unknown = parse(readFileSync(path, 'utf8'));
  if (!isObject(manifest)) throw new Error(`${path} is no app manifest: it should be a YAML map.`);
  const settings = objectOf(manifest, 'settings');
  if (settings['socket_mode_enabled'] !== true)
    throw new Error(`${path} has Socket Mode off; this workspace speaks nothing else.`);
  const features = objectOf(manifest, 'features');
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
  };
}
