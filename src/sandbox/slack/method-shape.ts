import type { Workspace } from '../workspace/workspace.ts';
import type { Tier } from '../workspace/rates.ts';
import type { Args } from './args.ts';

/** What a method answers besides `ok: true`. */
export type Answer = Readonly<Record<string, unknown>>;

/** What a method works on: the workspace, and the socket face for those that open connections. */
export interface Desk {
  readonly workspace: Workspace;
  /** The address of a new Socket Mode connection, good for one use. */
  openConnection(): string;
}

/** One method of Slack's Web API: one file each, listed in `method/index.ts`. */
export interface Method {
  readonly name: string;
  readonly token: 'bot' | 'app' | 'either';
  /** Any one of these suffices; empty means that no scope is needed. */
  readonly scopes: readonly string[];
  readonly tier: Tier;
  /** Arguments that the method knows; others are recorded as warnings. */
  readonly takes: readonly string[];
  run(args: Args, desk: Desk): Answer;
}
