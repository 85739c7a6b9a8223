import type { Log } from './log.ts';

/**
 * Keeps the process alive through two defects of the socket client, which rejects promises that nobody holds: with
 * `undefined` when it is stopped while it reconnects (slackapi/node-slack-sdk#2656), and with a TypeError at an
 * `events_api` envelope without an event. Everything else that is unhandled still ends the process. Gives the way back.
 */
export function tolerate(log: Log): () => void {
  const hear = (reason: unknown): void => {
    if (!isKnownDefect(reason)) throw reason instanceof Error ? reason : new Error(String(reason));
    log('warn', `Slack SDK: a promise was rejected that nobody holds (${String(reason)}); the socket goes on.`);
  };
  process.on('unhandledRejection', hear);
  return () => void process.off('unhandledRejection', hear);
}

function isKnownDefect(reason: unknown): boolean {
  if (reason === undefined) return true;
  return reason instanceof TypeError && /SocketModeClient\.onWebSocketMessage/.test(reason.stack ?? '');
}
