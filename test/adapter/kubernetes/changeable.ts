import nock from 'nock';
import { JSON_TYPE, recorded, SERVER } from './practice.ts';

type Tree = Record<string, unknown>;

const DAEMON_SET = /^\/apis\/apps\/v1\/namespaces\/kube-system\/daemonsets\/([^/?]+)$/;
const POD = /^\/api\/v1\/namespaces\/([^/?]+)\/pods\/([^/?]+)$/;

/** The recorded API server's DaemonSets and pods of kube-system, as far as they can be changed. */
export interface Changeable {
  readonly daemonSets: () => string;
  readonly pods: () => string;
  /** Every change that was asked for: `PATCH aws-node dryRun`, `DELETE aws-node-a`. */
  readonly asked: readonly string[];
  /** Bodies and content types of the patches. */
  readonly patches: readonly { readonly type: string; readonly body: Tree }[];
  /** Writes to the DaemonSet as somebody else, right before each of the next patches arrives. */
  interfere(times: number, write: (daemonSet: Tree) => void): void;
}

/** Lets nock answer for DaemonSets and pods of kube-system; `answers` then has the rest. */
export function changeable(): Changeable {
  const sets = JSON.parse(recorded('daemonsetlist.json')) as { items: Tree[] };
  const pods = JSON.parse(recorded('podlist-kube-system.json')) as { items: Tree[] };
  const asked: string[] = [];
  const patches: { type: string; body: Tree }[] = [];
  const others: ((daemonSet: Tree) => void)[] = [];
  const named = (items: readonly Tree[], name = '') => items.find((item) => tree(item['metadata'])['name'] === name);
  const scope = nock(SERVER).persist();

  scope
    .get(DAEMON_SET)
    .query(true)
    .reply((request: Request) => {
      const set = named(sets.items, DAEMON_SET.exec(new URL(request.url).pathname)?.[1]);
      return set === undefined
        ? [404, recorded('status-404-daemonset.json'), JSON_TYPE]
        : [200, { ...set, ...KIND }, JSON_TYPE];
    });
  scope
    .patch(DAEMON_SET)
    .query(true)
    .reply(async (request: Request) => {
      const url = new URL(request.url);
      const name = DAEMON_SET.exec(url.pathname)?.[1];
      const dryRun = url.searchParams.get('dryRun') === 'All';
      asked.push(`PATCH ${name} by ${url.searchParams.get('fieldManager')}${dryRun ? ' dryRun' : ''}`);
      const body = (await request.json()) as Tree;
      patches.push({ type: request.headers.get('content-type') ?? '', body });
      const set = named(sets.items, name);
      if (set === undefined) return [404, recorded('status-404-daemonset.json'), JSON_TYPE];
      others.shift()?.(set);
      const { metadata } = body as { metadata: Tree };
      const live = tree(set['metadata']);
      if (metadata['resourceVersion'] !== live['resourceVersion'] || metadata['uid'] !== live['uid']) {
        return [409, recorded('status-409-conflict.json'), JSON_TYPE];
      }
      const spec = JSON.stringify(set['spec']);
      const after = merged(set, body) as Tree;
      const kept = tree(after['metadata']);
      kept['resourceVersion'] = `${Number(kept['resourceVersion']) + 1}`;
      if (JSON.stringify(after['spec']) !== spec) kept['generation'] = Number(kept['generation']) + 1;
      if (!dryRun) sets.items.splice(sets.items.indexOf(set), 1, after);
      return [200, { ...after, ...KIND }, JSON_TYPE];
    });
  scope
    .get(POD)
    .query(true)
    .reply((request: Request) => {
      const pod = named(pods.items, POD.exec(new URL(request.url).pathname)?.[2]);
      return pod === undefined ? [404, recorded('status-404-pod.json'), JSON_TYPE] : [200, pod, JSON_TYPE];
    });
  scope
    .delete(POD)
    .query(true)
    .reply(async (request: Request) => {
      const name = POD.exec(new URL(request.url).pathname)?.[2];
      asked.push(`DELETE ${name}`);
      const pod = named(pods.items, name);
      if (pod === undefined) return [404, recorded('status-404-pod.json'), JSON_TYPE];
      const { preconditions } = (await request.json()) as { preconditions: { uid: string } };
      if (preconditions.uid !== tree(pod['metadata'])['uid']) {
        return [409, recorded('status-409-conflict.json'), JSON_TYPE];
      }
      pods.items.splice(pods.items.indexOf(pod), 1);
      return [200, pod, JSON_TYPE];
    });

  return {
    daemonSets: () => JSON.stringify(sets),
    pods: () => JSON.stringify(pods),
    asked,
    patches,
    interfere: (times, write) => {
      for (let time = 0; time < times; time += 1) {
        others.push((set) => {
          const metadata = tree(set['metadata']);
          metadata['resourceVersion'] = `${Number(metadata['resourceVersion']) + 1}`;
          write(set);
        });
      }
    },
  };
}

const KIND = { kind: 'DaemonSet', apiVersion: 'apps/v1' };

/** A strategic merge, as far as lists of named members need one: new members first, as the API server puts them. */
function merged(old: unknown, patch: unknown): unknown {
  if (Array.isArray(patch) && patch.every((one) => 'name' in tree(one))) {
    const now = Array.isArray(old) ? (old as unknown[]) : [];
    const change = (name: unknown) => patch.find((one) => tree(one)['name'] === name) as unknown;
    const added = patch.filter((one) => !now.some((member) => tree(member)['name'] === tree(one)['name'])) as unknown[];
    return [...added, ...now.map((member) => merged(member, change(tree(member)['name'])))];
  }
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch === undefined ? old : patch;
  const keys = [...new Set([...Object.keys(tree(old)), ...Object.keys(patch)])];
  return Object.fromEntries(
    keys
      .filter((key) => !(key in patch) || tree(patch)[key] !== null)
      .map((key) => [key, merged(tree(old)[key], tree(patch)[key])]),
  );
}

function tree(value: unknown): Tree {
  return typeof value === 'object' && value !== null ? (value as Tree) : {};
}
