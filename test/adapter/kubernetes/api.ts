import nock from 'nock';
import { onTestFinished } from 'vitest';
import { JSON_TYPE, recorded, SERVER } from './practice.ts';

interface ListItem {
  readonly spec?: { readonly nodeName: string };
  readonly involvedObject?: { readonly kind: string; readonly name: string };
  readonly type?: string;
}

/** The items of a recorded list that `keep` keeps, as the API server would send them for a selector. */
export function recordedList(name: string, keep: (item: ListItem) => boolean): string {
  const list = JSON.parse(recorded(name)) as { items: ListItem[] };
  return JSON.stringify({ ...list, items: list.items.filter(keep) });
}

/** Answers every GET of a path, whatever its query. */
export function answers(path: string, status: number, body: string, headers: Record<string, string> = JSON_TYPE): void {
  nock(SERVER).persist().get(path).query(true).reply(status, body, headers);
}

/** Lets nothing but nock answer, and forgets what it was told after the test. */
export function onlyNock(): void {
  nock.disableNetConnect();
  onTestFinished(() => {
    nock.abortPendingRequests();
    nock.cleanAll();
    nock.enableNetConnect();
  });
}
