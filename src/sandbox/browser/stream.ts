import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Desk } from '../gesture/desk.ts';
import { project, snapshot } from './projection.ts';
import type { TourStop } from './tour.ts';

const heartbeatMs = 15_000;

/** `GET /page/stream?as=U…`: server-sent events for one signed-in user, a snapshot first. Ends when the browser leaves. */
export function openStream(
  desk: Desk,
  request: IncomingMessage,
  response: ServerResponse,
  user: string,
  tour: readonly TourStop[],
): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  const send = (event: unknown): void => void response.write(`data: ${JSON.stringify(event)}\n\n`);
  send(snapshot(desk, user, tour));
  const stop = desk.workspace.feed.listen((change) => {
    const event = change.kind === 'channels' ? snapshot(desk, user, tour) : project(desk, user, change);
    if (event !== undefined) send(event);
  });
  const heartbeat = setInterval(() => void response.write(': still here\n\n'), heartbeatMs);
  request.on('close', () => {
    clearInterval(heartbeat);
    stop();
  });
}
