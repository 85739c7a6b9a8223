import type { KubeObject } from '../cluster/objects.ts';
import type { ClusterState } from '../cluster/state.ts';
import { askKubelet } from './dial.ts';
import type { ApiRequest } from './request.ts';
import { type Answer, badRequest, failure, notFound } from './status.ts';

interface Kubelet {
  address: string;
  port: number;
}

/** The address at which the API server looks for a node's kubelet: the first InternalIP of its status. */
function kubeletOf(node: KubeObject): Kubelet | null {
  const status = node['status'] as {
    addresses?: { type: string; address: string }[];
    daemonEndpoints?: { kubeletEndpoint?: { Port?: number } };
  };
  const address = status.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  return address === undefined ? null : { address, port: status.daemonEndpoints?.kubeletEndpoint?.Port ?? 10250 };
}

/** `GET nodes/NAME/proxy/PATH`: what the kubelet says is passed through; a failed dial is a 503 that names it. */
export async function nodeProxy(request: ApiRequest, state: ClusterState): Promise<Answer> {
  const [, name = '', port] = /^(?:https?:)?([^:]+)(?::(\d+))?:?$/.exec(request.name) ?? [];
  const node = state.objects['/nodes']?.find(({ metadata }) => metadata.name === name);
  if (!node) return notFound(request);
  const kubelet = kubeletOf(node);
  if (!kubelet) return noAddress(request);
  if (/^(127|169\.254)\./.test(kubelet.address)) return badRequest('address not allowed');
  const query = request.query.size > 0 ? `?${request.query.toString()}` : '';
  const dialled = await askKubelet(
    kubelet.address,
    Number(port ?? kubelet.port),
    `/${request.rest}${query}`,
    state.dialTimeoutMs,
  );
  if (dialled.ok) return { code: dialled.code, type: dialled.type, body: dialled.body };
  return failure(503, { message: `error trying to reach service: ${dialled.error}`, reason: 'ServiceUnavailable' });
}

/** `GET pods/NAME/log`: a failed dial is a 500 without a reason, a kubelet's 404 a generic 404 that hides its text. */
export async function podLog(request: ApiRequest, state: ClusterState): Promise<Answer> {
  const pod = state.objects['/pods']?.find(
    ({ metadata }) => metadata.name === request.name && metadata.namespace === request.namespace,
  );
  if (!pod) return notFound(request);
  const spec = pod['spec'] as { nodeName?: string; containers: { name: string }[] };
  const names = spec.containers.map(({ name }) => name);
  const container = request.query.get('container') ?? names[0] ?? '';
  if (!names.includes(container)) return badRequest(`container ${container} is not valid for pod ${request.name}`);
  const node = state.objects['/nodes']?.find(({ metadata }) => metadata.name === spec.nodeName);
  const kubelet = node ? kubeletOf(node) : null;
  if (!kubelet) return noAddress(request);
  const query = new URLSearchParams(request.query);
  query.delete('container');
  const path = `/containerLogs/${request.namespace}/${request.name}/${container}${query.size > 0 ? `?${query.toString()}` : ''}`;
  const dialled = await askKubelet(kubelet.address, kubelet.port, path, state.dialTimeoutMs);
  if (!dialled.ok) {
    return failure(500, { message: `Get "https://${kubelet.address}:${kubelet.port}${path}": ${dialled.error}` });
  }
  if (dialled.code !== 404) return { code: dialled.code, type: dialled.type, body: dialled.body };
  return failure(404, {
    message: `the server could not find the requested resource ( pods/log ${request.name})`,
    reason: 'NotFound',
    details: { name: request.name, kind: 'pods/log' },
  });
}

function noAddress(request: ApiRequest): Answer {
  const message = 'no preferred addresses found; known addresses: []';
  return request.resource === 'nodes'
    ? failure(503, { message, reason: 'ServiceUnavailable' })
    : failure(500, { message });
}
