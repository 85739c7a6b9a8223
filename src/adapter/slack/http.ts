import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Clock } from '../../port.ts';
import type { Inlet } from './app.ts';
import type { Ack } from './intake.ts';
import type { Log } from './log.ts';

/** Slack's requests are older than this only when somebody sends them again; clocks differ by less. */
const skewMs = 5 * 60_000;
/** After this Slack has given up; an answer later than that reaches nobody. */
const patienceMs = 2900;
const mostBytes = 4 * 1024 * 1024;

const challenge = z.object({ type: z.literal('url_verification'), challenge: z.string() });

interface HttpParts {
  readonly signingSecret: string;
  /** 0: any free port, which `open` logs. */
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly take: (body: unknown, ack: Ack) => Promise<void>;
}

/**
 * Payloads as requests of Slack's (https://docs.slack.dev/authentication/verifying-requests-from-slack). Each is signed over
 * its time and its bytes; one that is older or newer than five minutes, or whose signature was seen before, is refused, so
 * that nobody can send one again. Acknowledged by the answer; without one in time Slack tries again.
 */
export function httpInlet(parts: HttpParts): Inlet {
  const seen = new Map<string, number>();
  const server: Server = createServer((request, response) => {
    void serve(parts, seen, request, response).catch((problem: unknown) => {
      parts.log('error', `A request was not served: ${problem instanceof Error ? problem.message : String(problem)}`);
      end(response, 500);
    });
  });
  server.requestTimeout = 10_000;
  server.headersTimeout = 10_000;
  return {
    open: () =>
      new Promise((resolve, reject) => {
        server.once('error', (problem) =>
          reject(new Error(`netdiag cannot take Slack's requests on port ${parts.port}: ${problem.message}.`)),
        );
        server.listen(parts.port, () => {
          const address = server.address();
          const port = typeof address === 'object' && address !== null ? address.port : parts.port;
          parts.log('info', `netdiag takes Slack's requests on port ${port}.`);
          resolve();
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

async function serve(
  { signingSecret, clock, log, take }: HttpParts,
  seen: Map<string, number>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === 'GET' && request.url === '/healthz') return end(response, 200);
  if (request.method !== 'POST') return end(response, 404);
  const bytes = await bytesOf(request);
  if (bytes === null) return end(response, 413);
  const signature = verified(request, bytes, signingSecret, clock.now());
  if (signature === null) {
    log('warn', 'A request was refused: it does not bear the signature of Slack, or is not of this moment.');
    return end(response, 401);
  }
  for (const [one, until] of seen) if (until < clock.now()) seen.delete(one);
  if (seen.has(signature)) {
    log('warn', 'A request was refused: the very same one was taken before.');
    return end(response, 401);
  }
  seen.set(signature, clock.now() + 2 * skewMs);
  const body = bodyOf(request.headers['content-type'] ?? '', bytes.toString('utf8'));
  if (body === undefined) return end(response, 400);
  const asked = challenge.safeParse(body);
  if (asked.success) return end(response, 200, { challenge: asked.data.challenge });
  const enough = new AbortController();
  const late = clock.sleep(patienceMs, enough.signal).then(() => end(response, 503));
  await take(body, (answer) => {
    enough.abort();
    end(response, 200, answer);
    return Promise.resolve();
  });
  await late;
}

/** The signature where it is Slack's for these bytes at this time; null where it is not. */
function verified({ headers }: IncomingMessage, bytes: Buffer, secret: string, now: number): string | null {
  const { 'x-slack-request-timestamp': sent, 'x-slack-signature': given } = headers;
  if (typeof sent !== 'string' || typeof given !== 'string' || !/^\d{1,12}$/.test(sent)) return null;
  if (Math.abs(now - Number(sent) * 1000) > skewMs) return null;
  const wanted = `v0=${createHmac('sha256', secret).update(`v0:${sent}:`).update(bytes).digest('hex')}`;
  const same = given.length === wanted.length && timingSafeEqual(Buffer.from(given), Buffer.from(wanted));
  return same ? given : null;
}

/** JSON as it is, a form as its fields, and what stands in its `payload`; undefined for what cannot be read. */
function bodyOf(type: string, text: string): unknown {
  try {
    if (type.startsWith('application/json')) return JSON.parse(text) as unknown;
    if (!type.startsWith('application/x-www-form-urlencoded')) return undefined;
    const form = new URLSearchParams(text);
    const payload = form.get('payload');
    return payload === null ? Object.fromEntries(form) : (JSON.parse(payload) as unknown);
  } catch {
    return undefined;
  }
}

async function bytesOf(request: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes = Buffer.from(part as Uint8Array);
    size += bytes.length;
    if (size > mostBytes) return null;
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

/** Answers once; whatever comes afterwards is too late. */
function end(response: ServerResponse, status: number, answer?: object): void {
  if (response.writableEnded) return;
  if (answer === undefined) return void response.writeHead(status).end();
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}
