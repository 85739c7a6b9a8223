import { webApi } from '@slack/bolt';
import type { Log } from './log.ts';

/**
 * Keeps the process alive through two defects of the socket client, which rejects promises that nobody holds: with
 * `undefined` when it is stopped while it reconnects (slackapi/node-slack-sdk#2656), and with a TypeError at an
 * `events_api` envelope without an event. Everything else that is unhandled still ends the process, a refused app token
 * after a while of good work among it. Gives the way back, which is taken once what is rejected now has been heard.
 */
export function tolerate(log: Log): () => void {
  const hear = (reason: unknown): void => {
    if (isKnownDefect(reason)) {
      log('warn', `Slack SDK: a promise was rejected that nobody holds (${String(reason)}); netdiag goes on.`);
      return;
    }
    if (reason instanceof webApi.WebAPIPlatformError) {
      log('error', `Slack takes the app token no longer (${reason.data.error}); check SLACK_APP_TOKEN. netdiag ends.`);
    }
    throw reason instanceof Error ? reason : new Error(String(reason));
  };
  process.on('unhandledRejection', hear);
  return () => void setImmediate(() => process.off('unhandledRejection', hear));
}

function isKnownDefect(reason: unknown): boolean {
  if (reason === undefined) return true;
  return reason instanceof TypeError && /SocketModeClient\.onWebSocketMessage/.test(reason.stack ?? '');
}
