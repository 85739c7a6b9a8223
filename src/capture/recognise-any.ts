import type { Sent } from '../model/index.ts';
import { canonicalAddress, sourceOf, targetOf } from './address.ts';
import { ACK, kindOf, RST, SYN } from './kind.ts';
import type { Packet } from './packet.ts';
import { type MarkedFlow, MAX_FLOWS, type Part, type Recognised, type Recogniser } from './recogniser.ts';

const TCP = 6;

/**
 * People's own traffic bears no mark: every SYN, or every echo request, to the target counts, of the one sender where it is known.
 * A flow is followed through address translation by what translation leaves alone: a connection by its initial sequence number, an
 * echo request by its sequence number and its IP identification.
 */
export class AnyRecogniser implements Recogniser {
  readonly #to: string;
  readonly #port: number | null;
  readonly #from: string | null;
  readonly #flows = new Map<string, MarkedFlow>();
  /** Both directions of every conversation, translated ones too. */
  readonly #byEnds = new Map<string, { readonly flow: MarkedFlow; readonly out: boolean }>();

  constructor({ to, port, source }: Sent) {
    this.#to = canonicalAddress(to);
    this.#port = port;
    this.#from = source === null ? null : canonicalAddress(source);
  }

  learn(packet: Packet): void {
    const key = this.#request(packet);
    if (key === null || this.#flows.has(key) || this.#flows.size >= MAX_FLOWS) return;
    const [source, target] = [sourceOf(packet), targetOf(packet)];
    if (target !== this.#to || (this.#from !== null && source !== this.#from)) return;
    const name =
      this.#port === null
        ? `${source} > ${target} echo ${packet.echoId}/${packet.echoSequence}`
        : `${endpoint(source, packet.sourcePort)} > ${endpoint(target, packet.targetPort)}`;
    if (this.#port === null || packet.targetPort === this.#port)
      this.#flows.set(key, { order: this.#flows.size, name });
  }

  recognise(packet: Packet): Recognised | null {
    const key = this.#request(packet);
    if (key !== null) {
      const flow = this.#flows.get(key);
      if (flow === undefined) return null;
      const [there, back] = endsOf(packet);
      this.#byEnds.set(there, { flow, out: true });
      this.#byEnds.set(back, { flow, out: false });
      return { flow, part: 'request', out: true };
    }
    if (!packet.transport) return null;
    if (kindOf(packet) === 'icmp-error') return this.#refusal(packet);
    return this.#port === null ? this.#reply(packet) : this.#answer(packet);
  }

  /** What identifies a request wherever it is seen; `null` for every other packet. */
  #request(packet: Packet): string | null {
    if (!packet.transport) return null;
    if (this.#port === null)
      return kindOf(packet) === 'echo-request' ? `echo ${packet.echoSequence} ${packet.ipId || packet.echoId}` : null;
    if (packet.protocol !== TCP || (packet.tcpFlags & (SYN | ACK | RST)) !== SYN) return null;
    return `syn ${packet.tcpSequence}`;
  }

  #answer(packet: Packet): Recognised | null {
    if (packet.protocol !== TCP) return null;
    const asked = this.#flows.get(`syn ${(packet.tcpAcknowledged - 1) >>> 0}`);
    const flags = packet.tcpFlags & (SYN | ACK | RST);
    if (flags === (SYN | ACK)) return back(asked, 'answer');
    if (flags === (RST | ACK) && asked !== undefined)
      return back(asked, packet.tcpSequence === 0 ? 'refusal' : 'reset');
    const known = this.#byEnds.get(endsOf(packet)[0]);
    return known === undefined ? null : { ...known, part: 'other' };
  }

  #reply(packet: Packet): Recognised | null {
    return kindOf(packet) === 'echo-reply' ? back(this.#byEnds.get(endsOf(packet)[0])?.flow, 'answer') : null;
  }

  /** An ICMP error about one of the requests; it quotes a SYN's sequence number, or an echo's identifier. */
  #refusal(packet: Packet): Recognised | null {
    if (this.#port !== null) return back(this.#flows.get(`syn ${packet.quotedSequence}`), 'refusal');
    if (packet.quotedEchoId < 0) return null;
    const quoted = `echo ${packet.quotedEchoId}/${packet.quotedEchoSequence}`;
    const flow = [...this.#flows.values()].find(({ name }) => name.endsWith(quoted));
    return back(flow, 'refusal');
  }
}

/** The two directions of a conversation, its own first. */
function endsOf(packet: Packet): readonly [string, string] {
  const [source, target] = [sourceOf(packet), targetOf(packet)];
  if (packet.echoId >= 0) {
    const echo = `${packet.echoId}/${packet.echoSequence}`;
    return [`${source} ${target} ${echo}`, `${target} ${source} ${echo}`];
  }
  const [from, to] = [endpoint(source, packet.sourcePort), endpoint(target, packet.targetPort)];
  return [`${from} ${to}`, `${to} ${from}`];
}

function back(flow: MarkedFlow | undefined, part: Part): Recognised | null {
  return flow === undefined ? null : { flow, part, out: false };
}

function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
