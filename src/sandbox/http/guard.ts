import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * True when the request names this server by a loopback name and comes from no foreign page.
 * A page of another origin can send requests to a loopback port, and a name can be re-bound to 127.0.0.1; the browser
 * states the name in Host and the page in Origin and Sec-Fetch-Site (https://www.w3.org/TR/fetch-metadata/).
 */
export function comesFromHere(request: IncomingMessage, port: number): boolean {
  const names = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!names.includes(request.headers.host ?? '')) return false;
  const origin = request.headers.origin;
  if (origin !== undefined && !names.some((name) => origin === `http://${name}`)) return false;
  const site = request.headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none' || isVisit(request);
}

/** A link that somebody followed from elsewhere to look at the page: it changes nothing, and cannot be framed or read. */
function isVisit(request: IncomingMessage): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = request.headers;
  const path = request.url?.split('?')[0] ?? '';
  return (
    request.method === 'GET' &&
    mode === 'navigate' &&
    destination === 'document' &&
    (path === '/' || path.startsWith('/archives/'))
  );
}

/** Whether `given` is the secret, compared in constant time. */
export function isKey(given: string | undefined, key: string): boolean {
  if (given === undefined) return false;
  const a = Buffer.from(given);
  const b = Buffer.from(key);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The name of the cookie that holds the key; cookies are shared by all ports of a host, hence the port in it. */
export function cookieName(port: number): string {
  return `practice_${port}`;
}

/** The key that the browser sends back, if any. */
export function keyFromCookie(request: IncomingMessage, port: number): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = part.trim().split('=');
    if (name === cookieName(port)) return value;
  }
  return undefined;
}
