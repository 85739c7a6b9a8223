import { isDeepStrictEqual } from 'node:util';
import { decode } from '../../../src/capture/decode.ts';
import { dnsOf } from '../../../src/capture/dns.ts';
import { FlowTable } from '../../../src/capture/flow.ts';
import { headersOnly, interpret, ladder, picture, story } from '../../../src/capture/index.ts';
import { IPV6, Packet } from '../../../src/capture/packet.ts';
import { eachPacket } from '../../../src/capture/pcap.ts';
import type { CapturePoint, CaptureStory } from '../../../src/model/index.ts';
import type { Mutant } from './mutant.ts';

/** Two nodes, so that clocks are compared too. */
const POINTS: readonly CapturePoint[] = [
  { role: 'subject', node: 'one', device: 'eth0' },
  { role: 'peer', node: 'other', device: 'cali1234abcd' },
];
/** Every so many inputs the slow promises are looked at too: what is kept without payload tells the same. */
const THOROUGHLY = 64;
/** A table that has grown this far is replaced. */
const MOST_FLOWS = 20_000;

/** Something that must never happen for any input. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

/** Takes inputs all the way from bytes to a story, and holds what comes out to what is promised. */
export class Judge {
  readonly #packet = new Packet();
  #flows = new FlowTable();

  /** Throws for an input that is not handled as promised; `index` decides how thoroughly it is looked at. */
  judge({ pcap, sent }: Mutant, index: number): void {
    if (this.#flows.size > MOST_FLOWS) this.#flows = new FlowTable();
    this.#walk(pcap);
    const cut = pcap.subarray(0, index % 3 === 0 ? pcap.length : pcap.length - (index % pcap.length || 0));
    const pcaps = [{ pcap }, { pcap: cut }];
    const told = story(POINTS, pcaps, sent);
    this.#bounded(told);
    if (index % THOROUGHLY !== 0) return;
    const kept = pcaps.map(({ pcap: file }) => ({ pcap: headersOnly(file) }));
    must(isDeepStrictEqual(story(POINTS, kept, sent), told), 'the story without payload is another one');
    const drawn = picture({ story: told, sent, counters: [] });
    must((drawn === null) === (told.sent === 0), 'nothing is drawn');
    must(interpret(told).length > 0, 'nothing is said');
    must(
      ladder(told)
        .split('\n')
        .every((line) => line.length <= 72),
      'a line of the ladder is too long',
    );
  }

  #walk(pcap: Uint8Array): void {
    const packet = this.#packet;
    let before = 24;
    const walked = eachPacket(pcap, (start, end, at, wire, linkType) => {
      must(start === before + 16 && end <= pcap.length && wire >= end - start, 'a packet is not where it should be');
      must(Number.isSafeInteger(at), 'a time is no number');
      before = end;
      decode(packet, pcap, start, end, linkType);
      inside(packet, end);
      const flow = this.#flows.add(packet);
      must(flow >= -1 && flow < this.#flows.size, 'a flow has no number');
      const question = dnsOf(packet)?.question;
      must((question?.name.length ?? 0) <= 4 * 255, 'a name is too long');
    });
    must(walked.packets <= pcap.length / 16 && walked.end <= Math.max(24, pcap.length), 'more packets than bytes');
  }

  #bounded({ flows, ladder: rows, requestsAt }: CaptureStory): void {
    must(flows.length <= 20 && rows.length <= 200 && requestsAt.length === POINTS.length, 'the story is too long');
    for (let row = 1; row < rows.length; row += 1) {
      must(rows[row - 1]!.at <= rows[row]!.at, 'the ladder is not in order');
    }
  }
}

/** Everything that is said of the packet lies in what was understood of it. */
function inside(packet: Packet, end: number): void {
  const { start, headersEnd, macTargetAt, macSourceAt, sourceAt, targetAt, dnsAt, quotedDnsId } = packet;
  must(headersEnd >= start && headersEnd <= packet.end && packet.end <= end, 'headers end outside the packet');
  const address = packet.network === IPV6 ? 16 : 4;
  const quoted = packet.quotedNetwork === IPV6 ? 16 : 4;
  const read = (at: number, length: number): boolean => at === -1 || (at >= start && at + length <= headersEnd);
  must(read(macTargetAt, 6) && read(macSourceAt, 6), 'a MAC address lies outside');
  must(read(sourceAt, address) && read(targetAt, address), 'an address lies outside');
  must(read(packet.quotedSourceAt, quoted) && read(packet.quotedTargetAt, quoted), 'a quoted address lies outside');
  must(read(dnsAt, 12), 'a DNS header lies outside');
  must(quotedDnsId >= -1 && (quotedDnsId < 0 || packet.quotedProtocol === 17), 'a transaction of nothing');
  must((packet.network === 0) === (sourceAt === -1), 'an address without a network');
}

function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Broken(otherwise);
}
