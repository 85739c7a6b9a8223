import type { ServerResponse } from 'node:http';

const always = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' };

/** Answers with JSON. */
export function replyJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { ...always, 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

/** Answers with bytes or text of the given type. */
export function replyBytes(
  response: ServerResponse,
  status: number,
  type: string,
  body: Buffer | string,
  headers: Readonly<Record<string, string | string[]>> = {},
): void {
  response.writeHead(status, { ...always, 'content-type': type, ...headers });
  response.end(body);
}
