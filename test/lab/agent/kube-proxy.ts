import { changedNodePort, type Endpoint } from '../topology/node-port.ts';
import type { KubeObject } from '../cluster/objects.ts';
import { isReady } from '../cluster/pod-object.ts';
import { isTerminating } from '../control/deletion.ts';
import { serviceRules } from '../topology/flannel-node.ts';
import type { WatchEvent } from './client.ts';
import type { NodeAgent, Program } from './node-agent.ts';

/**
 * kube-proxy for what the lab has of services: a NodePort that leads to the pods of its own node which listen on the port, and the
 * cluster DNS, which leads to its Ready pod wherever that is.
 */
export class KubeProxy implements Program {
  readonly #node: NodeAgent;
  #known: Endpoint[] = [];
  readonly #dnsPods = new Map<string, KubeObject>();
  #dnsEndpoint: string | null = null;

  constructor(node: NodeAgent) {
    this.#node = node;
  }

  start(): Promise<void> {
    this.#known = this.#endpoints();
    return Promise.resolve();
  }

  /** A pod of the cluster DNS, anywhere. The first that is told of is the one that the node's rules lead to already. */
  async dnsPodIs({ type, object }: WatchEvent): Promise<void> {
    const { dns } = this.#node.settings;
    const uid = object.metadata.uid ?? '';
    if (type === 'DELETED') this.#dnsPods.delete(uid);
    else this.#dnsPods.set(uid, object);
    const ready = [...this.#dnsPods.values()].find((pod) => isReady(pod) && !isTerminating(pod));
    const endpoint = ready === undefined ? undefined : (ready['status'] as { podIP: string }).podIP;
    const before = this.#dnsEndpoint;
    if (dns === null || endpoint === undefined || endpoint === before) return;
    this.#dnsEndpoint = endpoint;
    if (before === null) return;
    const table = ['*nat', ':KUBE-SERVICES - [0:0]', ...serviceRules(dns, endpoint), 'COMMIT', ''];
    await this.#node.run(['iptables-restore', '--noflush'], { input: table.join('\n') });
  }

  async podsChanged(): Promise<void> {
    const { nodePort } = this.#node.settings;
    const now = this.#endpoints();
    if (nodePort === null || JSON.stringify(now) === JSON.stringify(this.#known)) return;
    const table = changedNodePort(nodePort.to, this.#known, now);
    await this.#node.run(['iptables-restore', '--noflush'], { input: table });
    this.#known = now;
  }

  #endpoints(): Endpoint[] {
    const { nodePort, programs } = this.#node.settings;
    return this.#node.sandboxes.flatMap(({ network, containers }) =>
      network !== null && containers.some((name) => programs[name]?.listens === nodePort?.to)
        ? [{ address: network.address, netns: network.netns }]
        : [],
    );
  }
}
