import { Refusal } from '../refusal.ts';
import type { Args } from './args.ts';

/** One page of a list by `cursor` and `limit` (https://docs.slack.dev/apis/web-api/pagination); `next` is empty at the end. */
export function page<T>(all: readonly T[], args: Args): { entries: readonly T[]; next: string } {
  const limit = Number(args.text('limit') ?? 100);
  const cursor = args.text('cursor');
  const start = cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64').toString().replace(/^at:/, ''));
  if (!Number.isInteger(start) || start < 0) throw new Refusal('invalid_cursor');
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw new Refusal('invalid_limit');
  const end = start + limit;
  return { entries: all.slice(start, end), next: end < all.length ? Buffer.from(`at:${end}`).toString('base64') : '' };
}
