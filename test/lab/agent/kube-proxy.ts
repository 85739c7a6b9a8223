import { changedNodePort, type Endpoint } from '../topology/node-port.ts';
import type { NodeAgent, Program } from './node-agent.ts';

/** kube-proxy for the one NodePort that the lab has: it leads to the pods of its own node that listen on the port. */
export class KubeProxy implements Program {
  readonly #node: NodeAgent;
  #known: Endpoint[] = [];

  constructor(node: NodeAgent) {
    this.#node = node;
  }

  start(): Promise<void> {
    this.#known = this.#endpoints();
    return Promise.resolve();
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
