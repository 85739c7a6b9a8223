import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import type { KubeObject } from '../cluster/objects.ts';
import { type PodBody, runningStatus } from '../cluster/pod-object.ts';
import { isTerminating } from '../control/deletion.ts';
import { LISTEN } from '../pod-listener.ts';
import { bridgeCni, type Cni, vpcCni } from './cni.ts';
import type { WatchEvent } from './client.ts';
import { Flanneld } from './flanneld.ts';
import { Ipamd } from './ipamd.ts';
import { KubeProxy } from './kube-proxy.ts';
import type { NodeAgent, Program } from './node-agent.ts';
import type { Sandbox } from './sandbox.ts';

/** How long a container takes to start and a pod to end: short, and long enough to be seen. */
const MOMENT_MS = 150;
/** Between two attempts to start a pod; the real kubelet waits longer each time. */
const RETRY_MS = 500;

/** The part of a kubelet that runs pods: one after the other, as the API server tells of them. */
export class KubeletPods {
  readonly #node: NodeAgent;
  readonly #cni: Cni | null;
  readonly #programs = new Map<string, Program>();
  /** Nodes as they were last told: a program that starts later learns of them. */
  readonly #nodes = new Map<string, KubeObject>();
  readonly #dnsPods = new Map<string, WatchEvent>();
  #queue: Promise<void> = Promise.resolve();

  constructor(node: NodeAgent) {
    this.#node = node;
    const { cni, flannel } = node.settings;
    if (cni === 'aws-vpc') this.#cni = vpcCni(node, () => this.#running(Ipamd));
    else this.#cni = flannel === null ? null : bridgeCni(node, flannel.podCidr);
  }

  /** True where a program follows what other nodes announce. */
  get followsNodes(): boolean {
    return this.#node.settings.flannel !== null;
  }

  /** True where a program follows the pods of the cluster DNS. */
  get followsDns(): boolean {
    return this.#node.settings.dns !== null;
  }

  podIs({ type, object }: WatchEvent): void {
    this.#then(`pod ${object.metadata.name}`, () => this.#pod(type, object));
  }

  nodeIs({ object }: WatchEvent): void {
    this.#then(`node ${object.metadata.name}`, async () => {
      for (const program of this.#programs.values()) if (program instanceof Flanneld) await program.nodeIs(object);
      this.#nodes.set(object.metadata.name, object);
    });
  }

  dnsPodIs(event: WatchEvent): void {
    this.#then(`pod ${event.object.metadata.name}`, async () => {
      await this.#running(KubeProxy)?.dnsPodIs(event);
      if (event.type === 'DELETED') this.#dnsPods.delete(event.object.metadata.name);
      else this.#dnsPods.set(event.object.metadata.name, event);
    });
  }

  /** Everything that the API server has for this node; what is not in it has no right to run any more. */
  podsAre(all: readonly KubeObject[]): void {
    const wanted = new Set(all.map(({ metadata }) => metadata.uid));
    for (const sandbox of this.#node.sandboxes)
      if (!wanted.has(sandbox.uid)) this.#then(`pod ${sandbox.name}`, () => this.#end(sandbox));
  }

  #then(what: string, act: () => Promise<void>): void {
    this.#queue = this.#queue.then(act).catch((error: unknown) => {
      process.stderr.write(`${what}: ${error instanceof Error ? error.message : String(error)}\n`);
    });
  }

  #running<Kind extends Program>(kind: new (node: NodeAgent) => Kind): Kind | null {
    return [...this.#programs.values()].find((one): one is Kind => one instanceof kind) ?? null;
  }

  async #pod(type: WatchEvent['type'], pod: KubeObject): Promise<void> {
    const uid = pod.metadata.uid ?? '';
    const sandbox = this.#node.sandboxes.find((one) => one.uid === uid);
    const started = this.#programs.has(uid);
    if (type === 'DELETED') {
      if (sandbox !== undefined) await this.#end(sandbox);
    } else if (isTerminating(pod)) {
      await pause(MOMENT_MS);
      if (sandbox !== undefined) await this.#end(sandbox);
      const options = { gracePeriodSeconds: 0, preconditions: { uid } };
      await this.#node.api.call('DELETE', pathOf(pod), options, [200, 404, 409]);
    } else if (sandbox === undefined) await this.#start(pod);
    else if (!started) {
      const program = this.#programOf(pod);
      this.#programs.set(uid, program);
      await program.start(pod, true);
      await this.#introduce(program);
    }
  }

  async #start(pod: KubeObject): Promise<void> {
    await pause(MOMENT_MS);
    const program = this.#programOf(pod);
    let sandbox: Sandbox | null = null;
    try {
      sandbox = await this.#sandbox(pod);
      this.#node.keep([...this.#node.sandboxes, sandbox]);
      await this.#tell(pod, sandbox, false);
      await program.start(pod, false);
    } catch (error) {
      process.stderr.write(`pod ${pod.metadata.name} does not start: ${String(error)}\n`);
      if (sandbox !== null) await this.#end(sandbox);
      setTimeout(() => void this.#again(pod), RETRY_MS);
      return;
    }
    this.#programs.set(sandbox.uid, program);
    await this.#introduce(program);
    await this.#changed();
    await this.#tell(pod, sandbox, true);
    await program.afterwards?.();
  }

  /** Tries a pod again if it is still wanted. */
  async #again(pod: KubeObject): Promise<void> {
    const now = (await this.#node.api.call('GET', pathOf(pod), undefined, [200, 404]).catch(() => pod)) as KubeObject;
    if (now.metadata.uid === pod.metadata.uid) this.podIs({ type: 'MODIFIED', object: now });
  }

  async #sandbox(pod: KubeObject): Promise<Sandbox> {
    const { containers, volumes = [], hostNetwork } = pod['spec'] as PodBody;
    for (const { hostPath } of volumes) if (hostPath !== undefined) await this.#mount(hostPath);
    const names = containers.map(({ name }) => name);
    const { name, namespace = '', uid = '' } = pod.metadata;
    if (hostNetwork === true) return { uid, namespace, name, containers: names, network: null };
    if (this.#cni === null) throw new Error('nobody in this lab gives new pods a network');
    const network = await this.#cni.add(pod);
    for (const each of names) await this.#startInside(each, network);
    return { uid, namespace, name, containers: names, network };
  }

  async #startInside(container: string, { netns, address }: NonNullable<Sandbox['network']>): Promise<void> {
    const { listens, serves } = this.#node.settings.programs[container] ?? {};
    if (listens !== undefined) await this.#node.startInside(netns, ['perl', '-e', LISTEN, String(listens)]);
    if (serves === undefined) return;
    const script = join(import.meta.dirname, '..', 'resolver.ts');
    await this.#node.startInside(netns, [process.execPath, script, address, serves.domain, serves.answer]);
  }

  /** What a runtime does with the path of a hostPath volume: without a type, what is not there becomes an empty directory. */
  async #mount({ path, type = '' }: { path: string; type?: string }): Promise<void> {
    if (type === 'Socket') await this.#node.run(['test', '-S', path]);
    else if (type === '') await this.#node.run(['sh', '-c', '[ -e "$0" ] || mkdir -p "$0"', path]);
  }

  async #end(sandbox: Sandbox): Promise<void> {
    this.#programs.delete(sandbox.uid);
    this.#node.keep(this.#node.sandboxes.filter(({ uid }) => uid !== sandbox.uid));
    if (sandbox.network === null) return;
    await this.#node.endInside(sandbox.network.netns);
    await this.#cni?.remove(sandbox.network);
    await this.#changed();
  }

  /** Tells a program that has just begun what is known of the others. */
  async #introduce(program: Program): Promise<void> {
    if (program instanceof Flanneld) for (const node of this.#nodes.values()) await program.nodeIs(node);
    if (program instanceof KubeProxy) for (const event of this.#dnsPods.values()) await program.dnsPodIs(event);
  }

  async #changed(): Promise<void> {
    for (const program of this.#programs.values()) await program.podsChanged?.();
  }

  #programOf(pod: KubeObject): Program {
    const { nodePort, dns } = this.#node.settings;
    const names = (pod['spec'] as PodBody).containers.map(({ name }) => name);
    if (names.includes('aws-node') && this.#node.settings.enis.length > 0) return new Ipamd(this.#node);
    if (names.includes('kube-flannel')) return new Flanneld(this.#node);
    if (names.includes('kube-proxy') && (nodePort !== null || dns !== null)) return new KubeProxy(this.#node);
    return { start: () => Promise.resolve() };
  }

  async #tell(pod: KubeObject, { network }: Sandbox, ready: boolean): Promise<void> {
    const { hostIP, runtime } = this.#node.settings;
    const started = `${new Date().toISOString().slice(0, 19)}Z`;
    const status = runningStatus(pod, { hostIP, podIP: network?.address ?? hostIP, runtime, started, ready });
    const patch = { metadata: { uid: pod.metadata.uid }, status };
    await this.#node.api.call('PATCH', `${pathOf(pod)}/status`, patch, [200, 404, 409]);
  }
}

function pathOf({ metadata }: KubeObject): string {
  return `/api/v1/namespaces/${metadata.namespace ?? ''}/pods/${metadata.name}`;
}
