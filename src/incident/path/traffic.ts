import type { Readings } from '../../check/check.ts';
import { behindAddress, nodePorts } from '../../check/service-ports.ts';
import { uplink } from '../../check/uplink.ts';
import { nodeInRole } from '../../model/index.ts';
import type { Bound, CaptureStory, IncidentState, Sent } from '../../model/index.ts';
import { ipRouteGet, iptablesMangle, iptablesNat } from '../../probe/index.ts';
import type { End } from './end.ts';
import { restoredMark } from './mark.ts';
import { tunnelBetween } from './tunnel.ts';

/** The marked packets of one watch as the kernels on their way have to decide about them. */
export interface Traffic {
  readonly sent: Sent;
  readonly story: CaptureStory;
  /** `null` where people sent the packets from somewhere that is no node known here. */
  readonly sender: End | null;
  /** The node that they are for; `null` where none is known. */
  readonly receiver: End | null;
  /** Where they are for in the end: after DNAT, where there is any. */
  readonly target: string;
  /** Where DNAT was made: by whom, and of how many targets `target` is one. */
  readonly translated: { readonly by: 'sender' | 'receiver'; readonly of: number } | null;
  /** `target` is an address of the receiver itself and no pod's. */
  readonly own: boolean;
  /** The device that leads to a pod `target` on the receiver; `null` where there is none or it is not known. */
  readonly podDevice: string | null;
  /** The source that the packets arrive with. */
  readonly source: string;
  /** The device inside of which they cross from node to node, the same on both; `null` where they go as they are. */
  readonly tunnel: string | null;
  /** The receiver's device on which they, or what carries them, come in from the network. */
  readonly wire: string | null;
  /** What netfilter marks their answers with before these are routed. */
  readonly mark: string | null;
}

/** What was provoked, or repeated by people, from where to where; `null` where nothing was, or nobody is known to have sent it. */
export function trafficOf(state: IncidentState, readings: Readings): Traffic | null {
  const { bound, watched } = state;
  if (bound === null || watched === null) return null;
  const { sent, story } = watched;
  // Name lookups of pods go from this node to pods elsewhere, some here, some there.
  if (sent.behind !== undefined) return null;
  const sender = senderOf(bound, sent, story);
  const source = sourceOf(readings, sender, sent, story);
  if (source === null || (sender === null && sent.by !== 'user')) return null;
  const { target, translated } = translation(state, readings, sent);
  const receiver = receiverOf(bound, sender, [sent.to, target]);
  const own = receiver !== null && receiver.node.addresses.includes(target);
  const way = receiver === null || own ? null : readings.of(receiver.role, ipRouteGet, { to: target });
  const podDevice = way?.known === true && way.value.via === null ? way.value.device : null;
  const tunnel =
    receiver === null || sender === null
      ? null
      : tunnelBetween(readings, sender, receiver, translated?.by === 'sender' ? target : sent.to);
  const wire = receiver === null ? null : comesInBy(bound, readings, story, receiver, [tunnel, podDevice]);
  const mangle = readings.of('subject', iptablesMangle, {});
  const marked = translated?.by === 'receiver' && mangle?.known === true && wire !== null && podDevice !== null;
  const mark = marked ? restoredMark(mangle.value, wire, podDevice) : null;
  return { sent, story, sender, receiver, target, translated, own, podDevice, source, tunnel, wire, mark };
}

/** Who sent: the role that was told to, or the node that has the source of what people sent. */
function senderOf(bound: Bound, sent: Sent, story: CaptureStory): End | null {
  if (sent.by !== 'user') {
    const node = nodeInRole(bound, sent.from);
    return node === null ? null : { role: sent.from, node };
  }
  const source = capturedSource(sent, story);
  return endsOf(bound).find(({ role, node }) => role !== 'subject' && node.addresses.includes(source ?? '')) ?? null;
}

function endsOf(bound: Bound): End[] {
  return (['subject', 'peer', 'farEnd'] as const).flatMap((role): End[] => {
    const node = nodeInRole(bound, role);
    return node === null ? [] : [{ role, node }];
  });
}

/** Which node has one of these addresses, itself or for a pod; the subject when no other one is known to, unless it sends. */
function receiverOf(bound: Bound, sender: End | null, addresses: readonly string[]): End | null {
  const ends = endsOf(bound).filter(({ node }) => node.name !== sender?.node.name);
  const holds = ({ node }: End): boolean =>
    addresses.some((address) => node.addresses.includes(address) || node.pods.some((pod) => pod.address === address));
  return ends.find(holds) ?? ends.find(({ role }) => role === 'subject') ?? null;
}

/** kube-proxy's translation, as far as the subject's own rules tell: of a NodePort on it, or of a service that it calls. */
function translation(
  { bound, findings }: IncidentState,
  readings: Readings,
  { to, port, from }: Sent,
): Pick<Traffic, 'target' | 'translated'> {
  const nat = readings.of('subject', iptablesNat, {});
  const plain = { target: to, translated: null };
  if (bound === null || port === null || nat?.known !== true) return plain;
  const node = from !== 'subject' && bound.subject.addresses.includes(to);
  const endpoints = node
    ? nodePorts(nat.value).find((one) => one.port === port)?.endpoints
    : from === 'subject'
      ? behindAddress(nat.value, to)?.endpoints
      : undefined;
  if (endpoints === undefined) return plain;
  const failing = findings[0]?.facts['pods'] ?? [];
  const here = new Set(bound.subject.pods.map(({ address }) => address));
  const chosen =
    endpoints.find(({ address }) => failing.includes(address)) ??
    endpoints.find(({ address }) => here.has(address)) ??
    endpoints[0];
  if (chosen === undefined) return plain;
  return { target: chosen.address, translated: { by: node ? 'receiver' : 'sender', of: endpoints.length } };
}

/** As the captures saw it, else as the sender's tool or kernel says. */
function sourceOf(readings: Readings, sender: End | null, sent: Sent, story: CaptureStory): string | null {
  const way = sender === null ? null : readings.of(sender.role, ipRouteGet, { to: sent.to });
  const chosen = way?.known === true ? way.value.source : null;
  return capturedSource(sent, story) ?? sent.source ?? chosen ?? sender?.node.address ?? null;
}

function capturedSource({ to }: Sent, { ladder }: CaptureStory): string | null {
  const seen = ladder.find(({ kind, target }) => target === to && kind !== 'icmp-error' && kind !== 'echo-reply');
  return seen?.source ?? null;
}

/** Where requests were captured coming in; else where they were waited for; else where the node's own address is. */
function comesInBy(
  bound: Bound,
  readings: Readings,
  { points, requestsAt }: CaptureStory,
  { role, node }: End,
  inner: readonly (string | null)[],
): string | null {
  const outer = points.flatMap(({ node: at, device }, index) =>
    at === node.name && !inner.includes(device) ? [{ device, requests: requestsAt[index] ?? 0 }] : [],
  );
  const here = uplink(bound, readings, role);
  const waited = outer.find(({ requests }) => requests > 0) ?? outer[0];
  return waited?.device ?? (here.known ? here.value.device : null);
}
