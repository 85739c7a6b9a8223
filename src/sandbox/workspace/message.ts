import type { JsonObject } from '../json.ts';

/** A message as it lies in a channel. `ts` is its identity there. */
export interface Message {
  readonly type: 'message';
  readonly channel: string;
  readonly ts: string;
  readonly user: string;
  readonly bot_id?: string;
  readonly app_id?: string;
  readonly text: string;
  readonly blocks?: readonly JsonObject[];
  readonly thread_ts?: string;
  readonly reply_broadcast?: boolean;
  readonly files?: readonly string[];
  readonly reactions?: readonly Reaction[];
  readonly metadata?: JsonObject;
  readonly edited?: { readonly user: string; readonly ts: string };
  /** Set on an ephemeral message: the only user who sees it. Such a message is in no history. */
  readonly only?: string;
}

export interface Reaction {
  readonly name: string;
  readonly users: readonly string[];
}

/** The message object as Slack's answers and payloads carry it, without the workspace's own fields. */
export function messageObject(message: Message, team: string): Readonly<Record<string, unknown>> {
  const { channel: _channel, only: _only, files, ...rest } = message;
  return { ...rest, team, ...(files ? { files: files.map((id) => ({ id })) } : {}) };
}
