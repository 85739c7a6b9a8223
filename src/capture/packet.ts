/** The network layer that a packet carries; 0 when none was understood. */
export const ARP = 1;
export const IPV4 = 4;
export const IPV6 = 6;

/** What an inner packet was carried in, by the Linux device that makes it; NAKED for one that stands on the wire itself. */
export const NAKED = 0;
export const VXLAN = 1;
export const GENEVE = 2;
/** IPv4 in IPv4 */
export const IPIP = 3;
/** IPv6 in IPv4 */
export const SIT = 4;
/** Either in IPv6 */
export const IP6TNL = 5;

const NOTHING = new Uint8Array(0);

/**
 * What was understood of one packet: a register that `decode` fills again and again, so that millions of packets make no
 * garbage. Offsets point into `bytes`; −1 and 0 mean absent as noted.
 */
export class Packet {
  bytes: Uint8Array = NOTHING;
  /** First byte of the packet. */
  start = 0;
  /** Where what may still be decoded ends: the captured bytes, shortened by the IP length (frames carry padding). */
  end = 0;
  /** Just after the last header that was understood; everything from here on is payload. */
  headersEnd = 0;

  /** Offsets of six-byte MAC addresses; −1 where the link layer carries none. */
  macTargetAt = -1;
  macSourceAt = -1;
  /** Outermost VLAN id; −1 for none. */
  vlan = -1;
  /** Interface index of a cooked capture; 0 elsewhere. */
  device = 0;

  /** NAKED, VXLAN, GENEVE, IPIP, SIT or IP6TNL: what this innermost packet was carried in. */
  encapsulation = NAKED;
  /** VXLAN or Geneve network identifier, of the innermost one; −1 for none. */
  vni = -1;

  /** ARP, IPV4, IPV6 or 0. */
  network = 0;
  /** Offsets of the network addresses: 4 bytes for ARP and IPv4, 16 for IPv6. */
  sourceAt = -1;
  targetAt = -1;
  /** ARP operation: 1 request, 2 reply. */
  arpOperation = 0;
  /** IP total length in bytes, header included; 0 without IP. */
  ipLength = 0;
  /** IPv4 identification. */
  ipId = 0;
  /** Time to live, or hop limit. */
  ttl = 0;
  /** The payload's IP protocol after IPv6 extension headers; −1 without IP. */
  protocol = -1;
  /** This is a fragment; only the first one carries a transport header. */
  fragment = false;

  /** True once a TCP, UDP or ICMP header was understood. */
  transport = false;
  sourcePort = 0;
  targetPort = 0;
  tcpFlags = 0;
  tcpSequence = 0;
  tcpAcknowledged = 0;
  /** ICMP type and code of either version; −1 without ICMP. */
  icmpType = -1;
  icmpCode = -1;
  /** Identifier and sequence number of an ICMP echo; −1 without one. */
  echoId = -1;
  echoSequence = -1;
  /** What the next link takes, bytes, as an ICMP error says that a packet was too big for it; 0 where none says so. */
  mtu = 0;
  /** Offset of a DNS header (12 bytes), read further by `dnsOf` only when somebody asks; −1 for none. */
  dnsAt = -1;

  /** The packet that an ICMP error quotes; `quotedProtocol` is −1 when none is quoted. */
  quotedProtocol = -1;
  /** IPV4, IPV6 or 0. */
  quotedNetwork = 0;
  quotedSourceAt = -1;
  quotedTargetAt = -1;
  quotedLength = 0;
  quotedSourcePort = 0;
  quotedTargetPort = 0;
  quotedSequence = 0;
  quotedEchoId = -1;
  quotedEchoSequence = -1;
  /** Transaction of a DNS message on UDP; −1 where the error does not quote as far. */
  quotedDnsId = -1;

  /** Forgets everything and looks at `bytes[start..end)`. What only few packets carry is only wiped after one of those. */
  reset(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.headersEnd = start;
    this.macTargetAt = -1;
    this.macSourceAt = -1;
    this.vlan = -1;
    this.device = 0;
    this.network = 0;
    this.sourceAt = -1;
    this.targetAt = -1;
    this.arpOperation = 0;
    this.ipLength = 0;
    this.ipId = 0;
    this.ttl = 0;
    this.protocol = -1;
    this.fragment = false;
    this.transport = false;
    this.sourcePort = 0;
    this.targetPort = 0;
    this.tcpFlags = 0;
    this.tcpSequence = 0;
    this.tcpAcknowledged = 0;
    this.dnsAt = -1;
    if (this.encapsulation !== NAKED) this.#leaveTunnel();
    if (this.icmpType >= 0) this.#forgetIcmp();
  }

  #leaveTunnel(): void {
    this.encapsulation = NAKED;
    this.vni = -1;
  }

  #forgetIcmp(): void {
    this.icmpType = -1;
    this.icmpCode = -1;
    this.echoId = -1;
    this.echoSequence = -1;
    this.mtu = 0;
    this.quotedProtocol = -1;
    this.quotedNetwork = 0;
    this.quotedSourceAt = -1;
    this.quotedTargetAt = -1;
    this.quotedLength = 0;
    this.quotedSourcePort = 0;
    this.quotedTargetPort = 0;
    this.quotedSequence = 0;
    this.quotedEchoId = -1;
    this.quotedEchoSequence = -1;
    this.quotedDnsId = -1;
  }
}
