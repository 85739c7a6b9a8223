import type { Readings } from '../../check/check.ts';
import type { Hop } from '../../model/index.ts';
import { ipRouteGet } from '../../probe/index.ts';
import type { End } from './end.ts';
import type { Traffic } from './traffic.ts';

/** Parameters of `ip-route-get`. */
export type Lookup = Readonly<Record<string, string>>;

/** One decision to be asked of one kernel, and what a healthy way would have it say. */
export interface Stage {
  readonly way: Hop['way'];
  readonly end: End;
  readonly about: string;
  /** `null` where `lacks`, one clause, is not known. */
  readonly lookup: Lookup | null;
  readonly lacks?: string;
  /**
   * `taken`: for this node itself · `leaves`: by any device · else by exactly this device; `null`: any, for none is known. `near`:
   * through no gateway, for it is for a pod here.
   */
  readonly wanted: 'taken' | 'leaves' | { readonly by: string | null; readonly near?: boolean };
  /** The packet that carries ours, not ours itself: captures of ours say nothing of it. */
  readonly outer?: true;
}

/** Every decision from the sender to the target and back, in order. Those of an end that is not known are left out. */
export function stagesOf(traffic: Traffic, readings: Readings): Stage[] {
  const { receiver } = traffic;
  if (receiver === null) return sends(traffic);
  return [...there(traffic, receiver), ...back(traffic, receiver, readings)];
}

/** Where the sender's kernel routes to: its own translation is made before, the receiver's is not known to it. */
function destination({ sent, target, translated }: Traffic): string {
  return translated?.by === 'sender' ? target : sent.to;
}

function sends(traffic: Traffic): Stage[] {
  const { sender, sent, target, translated } = traffic;
  if (sender === null) return [];
  const to = translated?.by === 'sender' ? ` for ${target}, one of ${translated.of} behind it` : '';
  return [
    {
      way: 'there',
      end: sender,
      about: `sends to ${sent.to}${to}`,
      lookup: { to: destination(traffic) },
      wanted: 'leaves',
    },
  ];
}

function there(traffic: Traffic, receiver: End): Stage[] {
  const { sender, tunnel, wire, source, target, translated, own, podDevice } = traffic;
  const inner = tunnel ?? wire;
  const outer = { way: 'there', outer: true } as const;
  const carried: Stage[] =
    tunnel === null || sender === null
      ? []
      : [
          {
            ...outer,
            end: sender,
            about: `sends what carries it (${tunnel}) to ${receiver.node.address}`,
            lookup: { to: receiver.node.address },
            wanted: 'leaves',
          },
          {
            ...outer,
            end: receiver,
            about: `what carries it arrives${by(wire)}`,
            ...arrives(receiver.node.address, sender.node.address, wire),
            wanted: 'taken',
          },
        ];
  const after = translated?.by === 'receiver' ? `, for ${target} after DNAT (one of ${translated.of})` : '';
  return [
    ...sends(traffic),
    ...carried,
    {
      way: 'there',
      end: receiver,
      about: `it arrives${by(inner)}${after}`,
      ...arrives(target, source, inner),
      wanted: own ? 'taken' : { by: podDevice, near: receiver.node.pods.some(({ address }) => address === target) },
    },
  ];
}

function back(traffic: Traffic, receiver: End, readings: Readings): Stage[] {
  const { sender, sent, tunnel, wire, source, target, own, podDevice, mark } = traffic;
  const inner = tunnel ?? wire;
  const outer = { way: 'back', outer: true } as const;
  const out = deviceOf(readings, sender, { to: destination(traffic) });
  const carrier = deviceOf(readings, sender, { to: receiver.node.address });
  const carried: Stage[] =
    tunnel === null || sender === null
      ? []
      : [
          {
            ...outer,
            end: receiver,
            about: `sends what carries the answer (${tunnel}) to ${sender.node.address}`,
            lookup: { to: sender.node.address },
            wanted: { by: wire },
          },
          {
            ...outer,
            end: sender,
            about: `what carries the answer arrives${by(carrier)}`,
            ...arrives(sender.node.address, receiver.node.address, carrier),
            wanted: 'taken',
          },
        ];
  const marked = mark === null ? '' : `, which netfilter marks ${mark}`;
  return [
    {
      way: 'back',
      end: receiver,
      about: own ? `answers ${source}` : `the answer of ${target} to ${source} comes out of its pod${marked}`,
      ...(own ? { lookup: { to: source, from: target } } : arrives(source, target, podDevice, mark)),
      wanted: { by: inner },
    },
    ...carried,
    ...(sender === null
      ? []
      : [
          {
            way: 'back' as const,
            end: sender,
            about: `the answer of ${sent.to} arrives${by(out)}`,
            ...arrives(source, sent.to, out),
            wanted: 'taken' as const,
          },
        ]),
  ];
}

function by(device: string | null): string {
  return device === null ? '' : ` by ${device}`;
}

/** The lookup for a packet that comes in by a device, which has to be known. */
function arrives(
  to: string,
  from: string,
  iif: string | null,
  mark: string | null = null,
): Pick<Stage, 'lookup' | 'lacks'> {
  if (iif === null) return { lookup: null, lacks: 'by which device it comes in' };
  return { lookup: { to, from, iif, ...(mark === null ? {} : { mark }) } };
}

function deviceOf(readings: Readings, end: End | null, lookup: Lookup): string | null {
  const way = end === null ? null : readings.of(end.role, ipRouteGet, lookup);
  return way?.known === true ? way.value.device : null;
}
