import { pino } from 'pino';
import { redact } from '../model/secret/redact.ts';
import type { Log } from '../shell/index.ts';

/** Lines of JSON on stderr for whoever operates netdiag; stdout belongs to the command. */
export function jsonLog(): Log {
  const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
  return (level, sentence) => log[level](redact(sentence).text);
}

/** Plain lines on stderr for a person at a terminal; only what went wrong. */
export function plainLog(write: (text: string) => void): Log {
  return (level, sentence) => {
    if (level !== 'info') write(`${redact(sentence).text}\n`);
  };
}
