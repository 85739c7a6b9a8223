import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import nock from 'nock';
import { kubernetesCluster } from '../../../src/adapter/kubernetes/index.ts';
import { recogniseCni } from '../../../src/cni/index.ts';
import type { Clock, Cluster } from '../../../src/port.ts';

export const SERVER = 'https://api.netdiag.test:6443';
const JSON_TYPE = { 'content-type': 'application/json' };

/** A recorded response's body, exactly as it was. */
export function recorded(name: string): string {
  return readFileSync(new URL(`../../fixture/kubernetes/${name}`, import.meta.url), 'utf8');
}

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

/** A kubeconfig in a directory of its own, gone after the test. */
export function kubeconfig(
  settings: { server?: string; cluster?: object; user?: object; context?: string } = {},
): string {
  const directory = mkdtempSync(join(tmpdir(), 'netdiag-kubeconfig-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'config');
  writeFileSync(
    path,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': settings.context ?? 'practice',
      clusters: [{ name: 'practice', cluster: { server: settings.server ?? SERVER, ...settings.cluster } }],
      users: [{ name: 'reader', user: settings.user ?? { token: 'sesame-token' } }],
      contexts: [{ name: 'practice', context: { cluster: 'practice', user: 'reader' } }],
    }),
  );
  return path;
}

/** The system's clock; it remembers every pause, and cuts short those longer than `longest`. */
export function patientClock(longest = Number.POSITIVE_INFINITY): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  return {
    slept,
    now: () => Date.now(),
    sleep: async (ms, signal) => {
      slept.push(ms);
      await wait(Math.min(ms, longest), undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    },
  };
}

/** The adapter against `SERVER`, where only nock answers. */
export function cluster(settings: { path?: string; clock?: Clock; context?: string } = {}): Cluster {
  return kubernetesCluster({
    name: 'practice',
    kubeconfig: settings.path ?? kubeconfig(),
    clock: settings.clock ?? patientClock(),
    recogniseCni,
    ...(settings.context === undefined ? {} : { context: settings.context }),
  });
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
