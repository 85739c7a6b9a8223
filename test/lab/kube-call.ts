import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'yaml';
import type { KubeObject } from './cluster/objects.ts';
import { isOwnedBy, isReady } from './cluster/pod-object.ts';
import type { Lab } from './lab-handle.ts';

/** What the API server answered. */
export interface Called {
  code: number;
  body: Record<string, unknown>;
}

export interface CallOptions {
  body?: unknown;
  /** Content type; a strategic merge patch unless told. */
  type?: string;
}

/** One call of the lab's API server with curl, from the controller's namespace and with netdiag's own account. */
export async function kubeCall(lab: Lab, method: string, path: string, options: CallOptions = {}): Promise<Called> {
  const config = parse(readFileSync(lab.kubeconfig, 'utf8')) as Kubeconfig;
  const server = config.clusters[0]?.cluster.server ?? '';
  const type = options.type ?? 'application/strategic-merge-patch+json';
  const headers = [`Authorization: Bearer ${config.users[0]?.user.token ?? ''}`, `Content-Type: ${type}`];
  const ways = ['--silent', '--show-error', '--insecure', '--max-time', '20', '--write-out', '\n%{http_code}'];
  const argv = ['curl', ...ways, '--request', method, ...headers.flatMap((header) => ['--header', header])];
  if (options.body !== undefined) argv.push('--data-binary', '@-');
  const input = options.body === undefined ? {} : { input: JSON.stringify(options.body) };
  const ran = await lab.exec('controller', [...argv, `${server}${path}`], input);
  if (ran.exit !== 0) throw new Error(`${method} ${path} was not answered: ${ran.stderr.trim()}`);
  const lines = ran.stdout.trimEnd().split('\n');
  const code = Number(lines.pop());
  return { code, body: JSON.parse(lines.join('\n')) as Record<string, unknown> };
}

interface Kubeconfig {
  clusters: { cluster: { server: string } }[];
  users: { user: { token: string } }[];
}

/** The same, and anything other than 200 is an error. */
export async function kubeMust(lab: Lab, method: string, path: string, options: CallOptions = {}): Promise<KubeObject> {
  const { code, body } = await kubeCall(lab, method, path, options);
  if (code !== 200) throw new Error(`${method} ${path} was answered with ${code}: ${JSON.stringify(body['message'])}`);
  return body as KubeObject;
}

/** Pods of a namespace on a node. */
export async function podsOnNode(lab: Lab, namespace: string, node: string): Promise<KubeObject[]> {
  const query = `fieldSelector=${encodeURIComponent(`spec.nodeName=${node}`)}`;
  const list = await kubeMust(lab, 'GET', `/api/v1/namespaces/${namespace}/pods?${query}`);
  return list['items'] as KubeObject[];
}

/** The one pod that a DaemonSet has on a node. */
export async function daemonPod(lab: Lab, set: string, node: string): Promise<KubeObject> {
  const [namespace = '', name = ''] = set.split('/');
  const object = await kubeMust(lab, 'GET', `/apis/apps/v1/namespaces/${namespace}/daemonsets/${name}`);
  const pod = (await podsOnNode(lab, namespace, node)).find(isOwnedBy(object.metadata.uid));
  if (!pod) throw new Error(`DaemonSet ${set} has no pod on ${node}`);
  return pod;
}

/** Deletes exactly this pod and waits until its owner has as many Ready pods as before; gives those that are new. */
export async function replacePod(lab: Lab, pod: KubeObject): Promise<KubeObject[]> {
  const { namespace = '', name, uid } = pod.metadata;
  const owner = (pod.metadata['ownerReferences'] as { uid: string }[])[0]?.uid;
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const own = async () =>
    ((await kubeMust(lab, 'GET', path))['items'] as KubeObject[]).filter((one) => isOwnedBy(owner)(one));
  const before = await own();
  await kubeMust(lab, 'DELETE', `${path}/${name}`, { body: { preconditions: { uid } }, type: 'application/json' });
  for (let tries = 0; tries < 100; tries += 1) {
    const now = await own();
    const gone = now.every((one) => one.metadata.uid !== uid);
    if (gone && now.length === before.length && now.every((one) => isReady(one)))
      return now.filter((one) => !before.some(({ metadata }) => metadata.uid === one.metadata.uid));
    await pause(200);
  }
  throw new Error(`pod ${namespace}/${name} had no Ready successor within 20 s`);
}
