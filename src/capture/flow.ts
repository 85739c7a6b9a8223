import { u16, u32 } from './bytes.ts';
import { IPV6, type Packet } from './packet.ts';

/** 32-bit words of a key: two addresses of four words, both ports, protocol. */
const WORDS = 10;
const FIRST_ROOM = 1024;
/** More flows than a bounded capture has packets; beyond it new ones are counted no more. */
const MAX_FLOWS = 4_000_000;

/**
 * The distinct conversations among packets: equal addresses, ports (echo identifier for ICMP) and protocol, whichever side
 * speaks. Keys lie in one typed array, so that a flow costs 40 bytes and no object. An open-addressing hash table.
 */
export class FlowTable {
  #keys = new Int32Array(FIRST_ROOM * WORDS);
  /** Number of the flow in each slot, counted from 1; 0 for an empty slot. */
  #slots = new Int32Array(FIRST_ROOM * 2);
  readonly #key = new Int32Array(WORDS);
  size = 0;

  /** Number of the packet's flow, counted from 0; −1 for a packet without network addresses. */
  add(packet: Packet): number {
    if (packet.network === 0) return -1;
    this.#describe(packet);
    const mask = this.#slots.length - 1;
    let slot = this.#hash() & mask;
    for (;;) {
      const flow = this.#slots[slot]! - 1;
      if (flow < 0) return this.#insert(slot);
      if (this.#equals(flow)) return flow;
      slot = (slot + 1) & mask;
    }
  }

  /** Puts the lower endpoint first, so that both directions have one key. */
  #describe(packet: Packet): void {
    const { bytes, sourceAt, targetAt } = packet;
    const length = packet.network === IPV6 ? 16 : 4;
    const echo = packet.echoId >= 0;
    const sourcePort = echo ? packet.echoId : packet.sourcePort;
    const targetPort = echo ? packet.echoId : packet.targetPort;
    const swap = later(bytes, sourceAt, targetAt, length, sourcePort - targetPort);
    const low = swap ? targetAt : sourceAt;
    const high = swap ? sourceAt : targetAt;
    const key = this.#key;
    for (let word = 0; word < 4; word += 1) {
      const present = word * 4 < length;
      key[word] = present ? u32(bytes, low + word * 4) : 0;
      key[word + 4] = present ? u32(bytes, high + word * 4) : 0;
    }
    key[8] = swap ? (targetPort << 16) | sourcePort : (sourcePort << 16) | targetPort;
    key[9] = (packet.network << 8) | (packet.protocol & 0xff);
  }

  #hash(): number {
    let hash = 0x811c9dc5;
    for (let word = 0; word < WORDS; word += 1) {
      hash = Math.imul(hash ^ this.#key[word]!, 0x01000193);
      hash ^= hash >>> 15;
    }
    return Math.imul(hash, 0x2c1b3c6d) ^ (hash >>> 13);
  }

  #equals(flow: number): boolean {
    const at = flow * WORDS;
    for (let word = 0; word < WORDS; word += 1) if (this.#keys[at + word] !== this.#key[word]) return false;
    return true;
  }

  #insert(slot: number): number {
    if (this.size >= MAX_FLOWS) return -1;
    const flow = this.size;
    if ((flow + 1) * WORDS > this.#keys.length) this.#keys = grown(this.#keys);
    this.#keys.set(this.#key, flow * WORDS);
    this.#slots[slot] = flow + 1;
    this.size += 1;
    if (this.size * 2 > this.#slots.length) this.#rehash();
    return flow;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let flow = 0; flow < this.size; flow += 1) {
      this.#key.set(this.#keys.subarray(flow * WORDS, (flow + 1) * WORDS));
      let slot = this.#hash() & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = flow + 1;
    }
    this.#slots = slots;
  }
}

function grown(keys: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(keys.length * 2);
  larger.set(keys);
  return larger;
}

/** Whether the first endpoint sorts behind the second: by address, then by `ports`, the difference of their ports. */
function later(bytes: Uint8Array, first: number, second: number, length: number, ports: number): boolean {
  for (let at = 0; at < length; at += 2) {
    const difference = u16(bytes, first + at) - u16(bytes, second + at);
    if (difference !== 0) return difference > 0;
  }
  return ports > 0;
}
