import type { Mark, Sent } from '../model/index.ts';
import { addressAt, canonicalAddress, sourceOf, targetOf } from './address.ts';
import { u16 } from './bytes.ts';
import { errorOf } from './icmp-error.ts';
import { kindOf, PART_OF } from './kind.ts';
import { DNS_PORT } from './layer/layer.ts';
import { IPV6, type Packet } from './packet.ts';
import { type MarkedFlow, MAX_FLOWS, type Part, type Recognised, type Recogniser } from './recogniser.ts';

const UDP = 17;

/** A query as it is addressed on one part of its way: translation makes another one of it. */
interface Leg {
  /** When it was first seen, counted in packets. */
  readonly order: number;
  readonly source: string;
  readonly sourcePort: number;
  readonly target: string;
  readonly id: number;
  /** IP total length. */
  readonly length: number;
  /** IP identifications of the query and of its repetitions, where the asker sets them. */
  readonly ipIds: Set<number>;
  /** Points where it was seen. */
  readonly points: Set<number>;
}

/** One query and its answers, under every address. */
interface Exchange {
  readonly flow: MarkedFlow;
  readonly legs: Leg[];
}

/**
 * DNS on UDP, by address, port and transaction; a query that is sent again has the same ones. Address translation changes addresses,
 * often the source port, never what is asked: a query is followed by its transaction, its length and its IP identification, which
 * neither NAT nor a tunnel touches. https://www.rfc-editor.org/rfc/rfc1035#section-4.1.1
 * https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/net/netfilter/nf_nat_proto.c?h=v6.6 (udp_manip_pkt)
 */
export class DnsRecogniser implements Recogniser {
  readonly #to: string;
  readonly #from: string | null;
  readonly #behind: ReadonlySet<string>;
  readonly #mark: Extract<Mark, { proto: 'dns' }>;
  readonly #blind: boolean;
  readonly #legs = new Map<string, Leg>();
  #settled = false;
  readonly #byLeg = new Map<Leg, Exchange>();
  /** By the asker's own address, port and transaction. */
  readonly #byAsker = new Map<string, Exchange>();
  /** By the ends alone, for errors that quote no transaction: the last one asked. */
  readonly #byEnds = new Map<string, Exchange>();

  /** `blind`: the capture of the first point is not whole, so that a lookup which came in there may be missing. */
  constructor(sent: Sent, mark: Extract<Mark, { proto: 'dns' }>, blind: boolean) {
    this.#blind = blind;
    this.#to = canonicalAddress(sent.to);
    this.#from = sent.source === null || sent.by !== 'user' ? null : canonicalAddress(sent.source);
    this.#behind = new Set(sent.behind?.map(canonicalAddress));
    this.#mark = mark;
  }

  learn(packet: Packet, point: number): void {
    if (packet.dnsAt < 0 || kindOf(packet) !== 'dns-query') return;
    const [source, target] = [sourceOf(packet), targetOf(packet)];
    const id = u16(packet.bytes, packet.dnsAt);
    const key = legKey(source, packet.sourcePort, target, id);
    let leg = this.#legs.get(key);
    if (leg === undefined) {
      if (this.#legs.size >= MAX_FLOWS) return;
      const { sourcePort, ipLength: length } = packet;
      const order = this.#legs.size;
      leg = { order, source, sourcePort, target, id, length, ipIds: new Set(), points: new Set() };
      this.#legs.set(key, leg);
    }
    leg.points.add(point);
    if (packet.ipId !== 0) leg.ipIds.add(packet.ipId);
  }

  recognise(packet: Packet, point: number): Recognised | null {
    if (!this.#settled) this.#settle();
    if (packet.quotedProtocol === UDP && kindOf(packet) === 'icmp-error') return this.#error(packet);
    if (packet.dnsAt < 0) return null;
    const kind = kindOf(packet);
    const id = u16(packet.bytes, packet.dnsAt);
    if (kind === 'dns-query') {
      const leg = this.#legs.get(legKey(sourceOf(packet), packet.sourcePort, targetOf(packet), id));
      const asked = leg === undefined ? undefined : this.#byLeg.get(leg);
      return asked === undefined ? null : { flow: asked.flow, part: 'request', out: true };
    }
    const part = PART_OF[kind];
    return part === undefined ? null : this.#answer(packet, id, part, point);
  }

  #answer(packet: Packet, id: number, part: Part, point: number): Recognised | null {
    const [source, asker] = [sourceOf(packet), targetOf(packet)];
    const leg = this.#legs.get(legKey(asker, packet.targetPort, source, id));
    const exchange =
      (leg === undefined ? undefined : this.#byLeg.get(leg)) ??
      this.#byAsker.get(askerKey(asker, packet.targetPort, id));
    if (exchange === undefined) return null;
    const { flow, legs } = exchange;
    const expected = source === this.#to || leg?.points.has(point) === true;
    // Where the query still goes to the service, its answer has to come from there: the asker's kernel or resolver refuses any other.
    const untranslated = legs.some(({ target, points }) => target === this.#to && points.has(point));
    return { flow, part: !expected && untranslated ? 'astray' : part, out: false };
  }

  /** An ICMP error about a query, or about its answer. */
  #error(packet: Packet): Recognised | null {
    const six = packet.quotedNetwork === IPV6;
    const source = addressAt(packet.bytes, packet.quotedSourceAt, six);
    const target = addressAt(packet.bytes, packet.quotedTargetAt, six);
    const { quotedSourcePort, quotedTargetPort, quotedDnsId: id } = packet;
    if (quotedTargetPort === DNS_PORT) {
      const leg = this.#legs.get(legKey(source, quotedSourcePort, target, id));
      const ends = id < 0 ? this.#byEnds.get(endsKey(source, quotedSourcePort, target)) : undefined;
      const about = leg === undefined ? ends : this.#byLeg.get(leg);
      return about === undefined ? null : { flow: about.flow, part: 'refusal', out: false };
    }
    if (quotedSourcePort !== DNS_PORT) return null;
    const about =
      this.#byAsker.get(askerKey(target, quotedTargetPort, id)) ??
      (id < 0 ? this.#byEnds.get(endsKey(target, quotedTargetPort, source)) : undefined);
    if (about === undefined) return null;
    // The asker no longer waits, or waits for another address: no refusal of what was asked.
    const gone = errorOf(packet).says === 'port-unreachable';
    return { flow: about.flow, part: gone ? 'other' : 'refusal', out: true };
  }

  /** Learning is over: which legs are one query, and which queries are ours. */
  #settle(): void {
    this.#settled = true;
    const alike = new Map<string, Exchange[]>();
    const first = ({ target }: Leg): number => (target === this.#to ? 0 : this.#behind.has(target) ? 1 : 2);
    for (const leg of [...this.#legs.values()].toSorted((a, b) => first(a) - first(b) || a.order - b.order)) {
      const question = `${leg.id} ${leg.length}`;
      const known = alike.get(question) ?? [];
      let exchange = known.find(({ legs }) => sameQuery(legs, leg));
      if (exchange === undefined) {
        if (!this.#ours(leg)) continue;
        exchange = { flow: { order: leg.order, name: nameOf(leg) }, legs: [] };
        alike.set(question, [...known, exchange]);
      }
      exchange.legs.push(leg);
      this.#byLeg.set(leg, exchange);
      this.#byAsker.set(askerKey(leg.source, leg.sourcePort, leg.id), exchange);
      this.#byEnds.set(endsKey(leg.source, leg.sourcePort, leg.target), exchange);
    }
  }

  /**
   * People's queries come in at the first point, for the address that is watched or a pod behind it; what is only seen further on, others
   * asked: the node itself. Marked ones bear the mark wherever they go.
   */
  #ours({ source, target, id, length, points }: Leg): boolean {
    const { firstId, lastId, totalLength } = this.#mark;
    if (totalLength > 0) return id >= firstId && id <= lastId && length === totalLength;
    if (!points.has(0) && !this.#blind) return false;
    return (target === this.#to || this.#behind.has(target)) && (this.#from === null || source === this.#from);
  }
}

/**
 * Whether a leg of the same transaction and length belongs to these. Where the asker sets no identifications (unconnected sockets, IPv6),
 * it is the same asker, or no device has seen both. What a server asks on, even under the same transaction, is another query.
 */
function sameQuery(legs: readonly Leg[], leg: Leg): boolean {
  if (legs.some(({ source, target }) => leg.source === target || leg.target === source)) return false;
  return legs.some((other) => {
    if (other.ipIds.size > 0 && leg.ipIds.size > 0) return share(other.ipIds, leg.ipIds);
    const asker = other.source === leg.source && other.sourcePort === leg.sourcePort;
    return asker || !share(other.points, leg.points);
  });
}

function share(some: ReadonlySet<number>, others: ReadonlySet<number>): boolean {
  return [...some].some((one) => others.has(one));
}

function nameOf({ source, sourcePort, target, id }: Leg): string {
  return `${endpoint(source, sourcePort)} > ${endpoint(target, DNS_PORT)} query ${id}`;
}

function legKey(source: string, sourcePort: number, target: string, id: number): string {
  return `${endsKey(source, sourcePort, target)} ${id}`;
}

function askerKey(address: string, port: number, id: number): string {
  return `${address} ${port} ${id}`;
}

function endsKey(source: string, sourcePort: number, target: string): string {
  return `${source} ${sourcePort} ${target}`;
}

function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
