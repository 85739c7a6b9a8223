import type { KubeObject } from '../cluster/objects.ts';
import type { ClusterState } from '../cluster/state.ts';
import type { ApiRequest } from './request.ts';
import { type Answer, notFound } from './status.ts';

/** After how many seconds without a renewed lease the node controller calls a node unknown (its default grace period). */
const graceSeconds = 50;

/** When each node's kubelet last renewed its lease here, in milliseconds since 1970; starts with what the state file says. */
export class Heartbeats {
  readonly #renewed = new Map<string, number>();

  /** A kubelet's PUT of its lease. */
  renew(request: ApiRequest, state: ClusterState, now: number): Answer {
    const lease = state.objects['coordination.k8s.io/leases']?.find(({ metadata }) => metadata.name === request.name);
    if (!lease) return notFound(request);
    this.#renewed.set(request.name, now);
    return { code: 200, body: { kind: 'Lease', apiVersion: 'coordination.k8s.io/v1', ...this.#withRenewTime(lease) } };
  }

  /** The state with leases and Ready conditions as they are now. */
  applyTo(state: ClusterState, now: number): ClusterState {
    return {
      ...state,
      objects: {
        ...state.objects,
        'coordination.k8s.io/leases': (state.objects['coordination.k8s.io/leases'] ?? []).map((lease) =>
          this.#withRenewTime(lease),
        ),
        '/nodes': (state.objects['/nodes'] ?? []).map((node) => this.#withReadiness(node, now)),
      },
    };
  }

  #withRenewTime(lease: KubeObject): KubeObject {
    const renewed = this.#renewed.get(lease.metadata.name);
    if (renewed === undefined) return lease;
    const renewTime = new Date(renewed).toISOString().replace('Z', '000Z');
    return { ...lease, spec: { ...(lease['spec'] as object), renewTime } };
  }

  #withReadiness(node: KubeObject, now: number): KubeObject {
    const renewed = this.#renewed.get(node.metadata.name);
    if (renewed === undefined) return node;
    const time = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;
    const lost = now - renewed > graceSeconds * 1000;
    const status = node['status'] as { conditions: { type: string; status: string }[] };
    const conditions = status.conditions.map((condition) =>
      lost
        ? {
            ...condition,
            status: 'Unknown',
            lastHeartbeatTime: time(renewed),
            lastTransitionTime: time(renewed + graceSeconds * 1000),
            reason: 'NodeStatusUnknown',
            message: 'Kubelet stopped posting node status.',
          }
        : { ...condition, lastHeartbeatTime: time(renewed) },
    );
    return { ...node, status: { ...status, conditions } };
  }
}
