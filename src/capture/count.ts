import { decode } from './decode.ts';
import { FlowTable } from './flow.ts';
import { Packet } from './packet.ts';
import { eachPacket, type PcapEnd } from './pcap.ts';

/** How much is in a capture: whole packets, and distinct conversations among them; `gap` when the bytes end too early. */
export interface Counted {
  readonly packets: number;
  readonly flows: number;
  readonly gap?: NonNullable<PcapEnd['gap']>;
}

/** Counts what a stored capture holds, for its record. Never throws; bytes that are no pcap hold nothing. */
export function count(pcap: Uint8Array): Counted {
  const packet = new Packet();
  const flows = new FlowTable();
  const { packets, gap } = eachPacket(pcap, (start, end, _at, _wire, linkType) => {
    decode(packet, pcap, start, end, linkType);
    flows.add(packet);
  });
  return gap === undefined ? { packets, flows: flows.size } : { packets, flows: flows.size, gap };
}
