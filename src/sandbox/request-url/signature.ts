import { createHmac } from 'node:crypto';

/**
 * The headers that prove a request to come from Slack: `v0=` and the HMAC-SHA256 of `v0:<seconds>:<body>` under the
 * signing secret (https://docs.slack.dev/authentication/verifying-requests-from-slack).
 */
export function signed(body: string, secret: string, seconds: number): Record<string, string> {
  const digest = createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': String(seconds), 'x-slack-signature': `v0=${digest}` };
}
