import { LogLevel } from '@slack/bolt';
import type { Logger } from '@slack/bolt';

/** Says something to whoever operates netdiag. Never a token, never a payload. */
export type Log = (level: 'info' | 'warn' | 'error', sentence: string) => void;

/** The SDK's logger on top of ours. Debug lines are dropped: they hold whole payloads and tokens. */
export function sdkLogger(log: Log): Logger {
  const say =
    (level: 'info' | 'warn' | 'error') =>
    (...words: unknown[]): void =>
      log(level, `Slack SDK: ${words.map(String).join(' ').slice(0, 500)}`);
  return {
    debug: () => {},
    info: () => {},
    warn: say('warn'),
    error: say('error'),
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  };
}
