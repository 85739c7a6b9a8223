import type { Sent } from '../model/index.ts';
import { addressAt, canonicalAddress, sourceOf, targetOf } from './address.ts';
import { ACK, RST, SYN } from './kind.ts';
import { IPV6, type Packet } from './packet.ts';
import { type MarkedFlow, MAX_FLOWS, ourSource, type Recognised, type Recogniser } from './recogniser.ts';

const TCP = 6;

interface Candidate {
  readonly source: string;
  readonly target: string;
  readonly port: number;
  readonly targetPort: number;
  readonly sequence: number;
}

/**
 * Marked SYNs have a source port of the mark, and the target (or at least the sender's address). Address translation may
 * change addresses and ports, also the source port (`--random-fully`), but never the initial sequence number, so that is
 * what a flow is followed by: nf_nat shifts sequence numbers only for helpers that rewrite payload,
 * https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/net/netfilter/nf_conntrack_seqadj.c?h=v6.6
 */
export class TcpRecogniser implements Recogniser {
  readonly #to: string;
  readonly #port: number | null;
  readonly #source: string | null;
  readonly #first: number;
  readonly #last: number;
  readonly #candidates: Candidate[] = [];
  #learnt = false;
  readonly #byPort = new Map<number, MarkedFlow>();
  readonly #bySequence = new Map<number, MarkedFlow>();
  /** Both directions of every connection, translated ones too. */
  readonly #byConnection = new Map<string, Recognised>();
  readonly #ports = new Set<number>();
  readonly #unaskedPorts = new Set<number>();

  constructor(sent: Sent, firstPort: number, lastPort: number) {
    this.#to = canonicalAddress(sent.to);
    this.#port = sent.port;
    this.#source = sent.source === null ? null : canonicalAddress(sent.source);
    this.#first = firstPort;
    this.#last = lastPort;
  }

  learn(packet: Packet): void {
    if (!packet.transport || packet.protocol !== TCP || (packet.tcpFlags & (SYN | ACK | RST)) !== SYN) return;
    if (!this.#marked(packet.sourcePort) || !this.#aimed(packet.targetPort)) return;
    if (this.#candidates.length >= MAX_FLOWS) return;
    const source = sourceOf(packet);
    const target = targetOf(packet);
    if (target !== this.#to && source !== this.#source) return;
    this.#candidates.push({
      source,
      target,
      port: packet.sourcePort,
      targetPort: packet.targetPort,
      sequence: packet.tcpSequence,
    });
  }

  recognise(packet: Packet): Recognised | null {
    if (!this.#learnt) this.#settle();
    if (!packet.transport) return null;
    if (packet.quotedProtocol === TCP) return this.#quoted(packet);
    if (packet.protocol !== TCP) return null;
    const answers = this.#bySequence.get((packet.tcpAcknowledged - 1) >>> 0);
    switch (packet.tcpFlags & (SYN | ACK | RST)) {
      case SYN:
        return this.#request(packet);
      case SYN | ACK:
        return answered(answers ?? this.#unasked(packet));
      case RST | ACK:
        if (answers === undefined) return this.#conversation(packet);
        return { flow: answers, part: packet.tcpSequence === 0 ? 'refusal' : 'reset', out: false };
      default:
        return this.#conversation(packet);
    }
  }

  /** Learning is over: decides whose marked packets are ours. */
  #settle(): void {
    this.#learnt = true;
    const ours = ourSource(
      this.#source,
      this.#candidates.map(({ source }) => source),
    );
    for (const candidate of this.#candidates) {
      if (candidate.source !== ours) continue;
      const flow = this.#flow(candidate.port, candidate.source, candidate.target, candidate.targetPort);
      this.#bySequence.set(candidate.sequence, flow);
    }
  }

  #flow(port: number, source: string, target: string, targetPort: number): MarkedFlow {
    const known = this.#byPort.get(port);
    if (known !== undefined) return known;
    const flow = { order: port, name: `${endpoint(source, port)} > ${endpoint(target, targetPort)}` };
    this.#byPort.set(port, flow);
    return flow;
  }

  #request(packet: Packet): Recognised | null {
    const flow = this.#bySequence.get(packet.tcpSequence);
    if (flow === undefined) return null;
    const from = endpoint(sourceOf(packet), packet.sourcePort);
    const to = endpoint(targetOf(packet), packet.targetPort);
    this.#byConnection.set(`${from} ${to}`, { flow, part: 'other', out: true });
    this.#byConnection.set(`${to} ${from}`, { flow, part: 'other', out: false });
    this.#ports.add(packet.sourcePort);
    return { flow, part: 'request', out: true };
  }

  /** A SYN-ACK whose SYN no capture saw, so that its sequence number is unknown. */
  #unasked(packet: Packet): MarkedFlow | undefined {
    if (!this.#marked(packet.targetPort) || !this.#aimed(packet.sourcePort)) return undefined;
    if (this.#byPort.has(packet.targetPort) && !this.#unaskedPorts.has(packet.targetPort)) return undefined;
    const source = sourceOf(packet);
    const target = targetOf(packet);
    if (source !== this.#to || (this.#source !== null && target !== this.#source)) return undefined;
    this.#unaskedPorts.add(packet.targetPort);
    return this.#flow(packet.targetPort, target, source, packet.sourcePort);
  }

  /** An ICMP error about one of our SYNs. */
  #quoted(packet: Packet): Recognised | null {
    const flow = this.#bySequence.get(packet.quotedSequence);
    if (flow === undefined || !this.#aims(packet)) return null;
    return { flow, part: 'refusal', out: false };
  }

  /** The quoted packet has the marked source port or our target: a router may quote it translated. */
  #aims(packet: Packet): boolean {
    const target = addressAt(packet.bytes, packet.quotedTargetAt, packet.quotedNetwork === IPV6);
    return target === this.#to || this.#marked(packet.quotedSourcePort);
  }

  #conversation(packet: Packet): Recognised | null {
    if (!this.#ports.has(packet.sourcePort) && !this.#ports.has(packet.targetPort)) return null;
    const from = endpoint(sourceOf(packet), packet.sourcePort);
    const to = endpoint(targetOf(packet), packet.targetPort);
    return this.#byConnection.get(`${from} ${to}`) ?? null;
  }

  #marked(port: number): boolean {
    return port >= this.#first && port <= this.#last;
  }

  #aimed(port: number): boolean {
    return this.#port === null || port === this.#port;
  }
}

function answered(flow: MarkedFlow | undefined): Recognised | null {
  return flow === undefined ? null : { flow, part: 'answer', out: false };
}

function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
