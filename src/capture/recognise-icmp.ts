import type { Sent } from '../model/index.ts';
import { addressAt, canonicalAddress, sourceOf, targetOf } from './address.ts';
import { kindOf } from './kind.ts';
import { IPV6, type Packet } from './packet.ts';
import { type MarkedFlow, MAX_FLOWS, ourSource, type Recognised, type Recogniser } from './recogniser.ts';

interface Echo {
  readonly flow: MarkedFlow;
  readonly sequence: number;
  /** IP identification of the request: address translation leaves it alone, and an identifier not always. */
  readonly ipId: number;
}

interface Candidate {
  readonly source: string;
  readonly target: string;
  readonly id: number;
  readonly sequence: number;
  readonly ipId: number;
}

/**
 * Marked echo requests have an IP total length that nobody else uses, and the target (or at least the sender's address).
 * Source translation may change the echo identifier but neither length nor sequence number, see icmp_manip_pkt in
 * https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/net/netfilter/nf_nat_proto.c?h=v6.6
 */
export class IcmpRecogniser implements Recogniser {
  readonly #to: string;
  readonly #source: string | null;
  readonly #length: number;
  readonly #candidates: Candidate[] = [];
  #learnt = false;
  readonly #echoes: Echo[] = [];
  /** By identifier and sequence number, translated ones too. */
  readonly #byEcho = new Map<string, MarkedFlow>();
  /** Addresses that requests went to: only they answer. */
  readonly #targets = new Set<string>();

  constructor(sent: Sent, totalLength: number) {
    this.#to = canonicalAddress(sent.to);
    this.#source = sent.source === null ? null : canonicalAddress(sent.source);
    this.#length = totalLength;
    this.#targets.add(this.#to);
  }

  learn(packet: Packet): void {
    if (packet.ipLength !== this.#length || kindOf(packet) !== 'echo-request') return;
    if (this.#candidates.length >= MAX_FLOWS) return;
    const source = sourceOf(packet);
    const target = targetOf(packet);
    if (target !== this.#to && source !== this.#source) return;
    this.#candidates.push({ source, target, id: packet.echoId, sequence: packet.echoSequence, ipId: packet.ipId });
  }

  recognise(packet: Packet): Recognised | null {
    if (!this.#learnt) this.#settle();
    const kind = kindOf(packet);
    if (kind === 'icmp-error') return this.#refusal(packet);
    if (packet.ipLength !== this.#length) return null;
    if (kind === 'echo-request') return this.#request(packet);
    return kind === 'echo-reply' ? this.#answer(packet) : null;
  }

  #settle(): void {
    this.#learnt = true;
    const ours = ourSource(
      this.#source,
      this.#candidates.map(({ source }) => source),
    );
    for (const { source, target, id, sequence, ipId } of this.#candidates) {
      if (source !== ours) continue;
      this.#targets.add(target);
      const key = `${id}/${sequence}`;
      if (this.#byEcho.has(key)) continue;
      const flow = { order: sequence, name: `${source} > ${target} echo ${key}` };
      this.#byEcho.set(key, flow);
      this.#echoes.push({ flow, sequence, ipId });
    }
  }

  #request(packet: Packet): Recognised | null {
    const target = targetOf(packet);
    if (!this.#targets.has(target) && sourceOf(packet) !== this.#source) return null;
    const key = `${packet.echoId}/${packet.echoSequence}`;
    const flow = this.#byEcho.get(key) ?? this.#translated(packet);
    if (flow === null) return null;
    this.#byEcho.set(key, flow);
    this.#targets.add(target);
    return { flow, part: 'request', out: true };
  }

  /** The flow whose request this is under another identifier. */
  #translated(packet: Packet): MarkedFlow | null {
    const same = this.#echoes.filter(({ sequence }) => sequence === packet.echoSequence);
    const exact = same.find(({ ipId }) => ipId !== 0 && ipId === packet.ipId);
    return exact?.flow ?? (same.length === 1 ? (same[0]?.flow ?? null) : null);
  }

  #answer(packet: Packet): Recognised | null {
    const source = sourceOf(packet);
    if (!this.#targets.has(source)) return null;
    const key = `${packet.echoId}/${packet.echoSequence}`;
    const flow = this.#byEcho.get(key) ?? this.#unasked(packet, source, key);
    return flow === null ? null : { flow, part: 'answer', out: false };
  }

  /** A reply whose request no capture saw. */
  #unasked(packet: Packet, source: string, key: string): MarkedFlow | null {
    const target = targetOf(packet);
    if (source !== this.#to || (this.#source !== null && target !== this.#source)) return null;
    const flow = { order: packet.echoSequence, name: `${target} > ${source} echo ${key}` };
    this.#byEcho.set(key, flow);
    return flow;
  }

  #refusal(packet: Packet): Recognised | null {
    if (packet.quotedEchoId < 0 || packet.quotedLength !== this.#length) return null;
    const target = addressAt(packet.bytes, packet.quotedTargetAt, packet.quotedNetwork === IPV6);
    const flow = this.#byEcho.get(`${packet.quotedEchoId}/${packet.quotedEchoSequence}`);
    return flow === undefined || !this.#targets.has(target) ? null : { flow, part: 'refusal', out: false };
  }
}
