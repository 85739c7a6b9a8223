import { isIPv4 } from 'node:net';
import type { Bound, BoundNode, CniFacts, FarEnd, Located, NodeFacts, PodFacts } from '../../model/index.ts';

/** What the cluster told about a node that was asked for. */
export interface ClusterView {
  readonly cluster: string;
  readonly nodes: readonly NodeFacts[];
  readonly pods: ReadonlyMap<string, readonly PodFacts[]>;
  readonly cni: CniFacts;
  readonly apiServers: readonly string[];
}

/** Pods kept of a node: enough to choose one to send to, few enough for the state. */
const PODS = 50;

/**
 * A healthy node of the same pool to compare with: Ready, without troubles, schedulable ones first, then by name.
 * `null` when the pool has none.
 */
export function choosePeer(subject: NodeFacts, nodes: readonly NodeFacts[]): NodeFacts | null {
  const [peer] = nodes
    .filter((node) => node.name !== subject.name && node.ready === 'True' && node.troubles.length === 0)
    .filter((node) => node.pool === subject.pool && node.controlPlane === subject.controlPlane)
    .toSorted((a, b) => Number(a.unschedulable) - Number(b.unschedulable) || (a.name < b.name ? -1 : 1));
  return peer ?? null;
}

/** Binds the roles and every far end that a playbook may name. */
export function bind(
  view: ClusterView,
  subject: NodeFacts,
  peer: NodeFacts | null,
): Pick<Located, 'bound' | 'farEnds'> {
  const node = (facts: NodeFacts): BoundNode => boundNode(facts, view.pods.get(facts.name) ?? [], view.cni);
  const apiServer = apiServerEnd(view, subject, node);
  const other: FarEnd | null = peer === null ? null : { kind: 'node', address: node(peer).address, sender: node(peer) };
  const bound: Bound = {
    cluster: view.cluster,
    cni: view.cni,
    subject: node(subject),
    peer: peer === null ? null : node(peer),
    farEnd: apiServer ?? other,
    runtimes: runtimes(view.nodes),
  };
  return {
    bound,
    farEnds: {
      ...(apiServer === null ? {} : { 'api-server': apiServer }),
      ...(other === null
        ? {}
        : { node: other, outside: { ...(outsideEnd(view, subject, node) ?? other), kind: 'outside' } }),
    },
  };
}

/**
 * A Ready node of another network, so that its packets come from outside as the subject's own network sees it: one that shares
 * less than 16 bits with the subject, as no network of a cloud is larger (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).
 */
function outsideEnd(view: ClusterView, subject: NodeFacts, node: (facts: NodeFacts) => BoundNode): FarEnd | null {
  const network = (address: string): string => address.split('.').slice(0, 2).join('.');
  const near = network(node(subject).address);
  const sender = view.nodes
    .filter(({ name, ready }) => name !== subject.name && ready === 'True')
    .map(node)
    .find(({ address }) => isIPv4(address) && network(address) !== near);
  return sender === undefined ? null : { kind: 'outside', address: sender.address, sender };
}

/** The API server to stand for all: one that runs on a known node other than the subject, so that it can send for us. */
function apiServerEnd(view: ClusterView, subject: NodeFacts, node: (facts: NodeFacts) => BoundNode): FarEnd | null {
  const ends = view.apiServers.map((address): FarEnd => {
    const host = view.nodes.find(
      (facts) => facts.name !== subject.name && facts.addresses.some((known) => known.address === address),
    );
    return { kind: 'api-server', address, sender: host === undefined ? null : node(host) };
  });
  const foreign = ends.filter(({ address }) => !subject.addresses.some((known) => known.address === address));
  return foreign.find(({ sender }) => sender !== null) ?? foreign[0] ?? null;
}

/** Nodes named of each runtime: enough to go and look. */
const EXAMPLES = 5;

function runtimes(nodes: readonly NodeFacts[]): NonNullable<Bound['runtimes']> {
  const by = Map.groupBy(nodes, ({ runtime }) => runtime);
  return [...by].map(([runtime, those]) => ({
    runtime,
    nodes: those.length,
    examples: those.slice(0, EXAMPLES).map(({ name }) => name),
  }));
}

function boundNode(facts: NodeFacts, pods: readonly PodFacts[], cni: CniFacts): BoundNode {
  const [namespace, name] = cni.daemonSet?.split('/') ?? [];
  const internal = facts.addresses.filter(({ type }) => type === 'InternalIP').map(({ address }) => address);
  const all = facts.addresses.filter(({ type }) => type.endsWith('IP')).map(({ address }) => address);
  const address = internal.find((candidate) => isIPv4(candidate)) ?? internal[0] ?? all[0] ?? '';
  return {
    name: facts.name,
    address,
    addresses: [...new Set([address, ...all])].filter((candidate) => candidate !== ''),
    facts,
    pods: pods
      .filter((pod) => !pod.hostNetwork && pod.address !== null && isIPv4(pod.address) && pod.phase === 'Running')
      .toSorted((a, b) => Number(b.ready) - Number(a.ready) || (a.name < b.name ? -1 : 1))
      .slice(0, PODS),
    cniPod: pods.find((pod) => pod.namespace === namespace && pod.owner === `DaemonSet/${name}`) ?? null,
  };
}
