import { isIP } from 'node:net';
import type { CaptureFilter, FilterTerm, PlainTerm } from '../model/index.ts';

const MAX_TERMS = 32;
const MAX_BYTES = 512;
/** Conditions of all terms multiplied: what may be chosen among. */
const MAX_CHOICES = 1024;

/** The filter cannot be written in BPF, or no packet could ever match it. */
export class BadFilter extends Error {
  override readonly name = 'BadFilter';
}

/**
 * A capture filter as BPF text for `tcpdump -- TEXT`: only words of this file, addresses and whole numbers; at most 512
 * bytes, and empty when the filter asks for nothing. Our own SSH connection is left out by whoever opens the capture.
 * Throws BadFilter.
 */
export function compileFilter(filter: CaptureFilter): string {
  if ([...filter.all, ...filter.none].flatMap(plain).length > MAX_TERMS) {
    throw new BadFilter(`A capture filter may have ${MAX_TERMS} terms, this one has more.`);
  }
  if (filter.all.reduce((product, term) => product * plain(term).length, 1) > MAX_CHOICES) {
    throw new BadFilter(`A capture filter may leave ${MAX_CHOICES} choices, this one leaves more.`);
  }
  refuseContradiction(filter);
  const parts = filter.all.map(bpf);
  if (filter.none.length > 0) parts.push(`not (${filter.none.map(bpf).join(' or ')})`);
  const text = parts.join(' and ');
  if (text.length > MAX_BYTES) {
    throw new BadFilter(`A capture filter may have ${MAX_BYTES} bytes, this one has ${text.length}.`);
  }
  return text;
}

/** The conditions that a term is made of. */
function plain(term: FilterTerm): readonly PlainTerm[] {
  return 'any' in term ? term.any : [term];
}

function bpf(term: FilterTerm): string {
  if ('any' in term) {
    const parts = term.any.map(bpf);
    return parts.length === 1 ? parts.join('') : `(${parts.join(' or ')})`;
  }
  if ('host' in term) return `host ${address(term.host)}`;
  if ('port' in term) return `${transport(term.proto)} port ${port(term.port)}`;
  if (term.proto === 'icmp') return '(icmp or icmp6)';
  if (term.proto === 'arp') return 'arp';
  return transport(term.proto);
}

/** A zone (`fe80::1%eth0`) is text that BPF has no word for. */
function address(text: unknown): string {
  if (typeof text !== 'string' || isIP(text) === 0 || text.includes('%')) {
    throw new BadFilter(`A capture filter needs an IP address, not ${JSON.stringify(text)?.slice(0, 60)}.`);
  }
  return text.toLowerCase();
}

function port(number: unknown): number {
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 1 || number > 65_535) {
    throw new BadFilter(`A capture filter needs a port from 1 to 65535, not ${JSON.stringify(number)?.slice(0, 60)}.`);
  }
  return number;
}

function transport(proto: unknown): 'tcp' | 'udp' {
  if (proto === 'tcp' || proto === 'udp') return proto;
  throw new BadFilter(`A capture filter knows tcp, udp, icmp and arp, not ${JSON.stringify(proto)?.slice(0, 60)}.`);
}

/** tcpdump refuses an expression that no packet can match; better to say so before anything reaches a node. */
function refuseContradiction({ all, none }: CaptureFilter): void {
  const excluded = new Set(none.flatMap(plain).map(bpf));
  if (!choices(all).some((chosen) => possible(chosen, excluded))) {
    throw new BadFilter('No packet can match this capture filter.');
  }
}

/** Every way to take one condition of each term. */
function choices(terms: readonly FilterTerm[]): readonly (readonly PlainTerm[])[] {
  return terms.reduce<readonly (readonly PlainTerm[])[]>(
    (chosen, term) => plain(term).flatMap((one) => chosen.map((before) => [...before, one])),
    [[]],
  );
}

/** Whether a packet can be all of this, and nothing of what is excluded. */
function possible(all: readonly PlainTerm[], excluded: ReadonlySet<string>): boolean {
  const protocols = new Set(all.flatMap((term) => ('proto' in term ? [term.proto] : [])));
  const hosts = new Set(all.flatMap((term) => ('host' in term ? [address(term.host)] : [])));
  const ports = new Set(all.flatMap((term) => ('port' in term ? [port(term.port)] : [])));
  const families = new Set([...hosts].map((host) => isIP(host)));
  return (
    protocols.size <= 1 &&
    hosts.size <= 2 &&
    ports.size <= 2 &&
    families.size <= 1 &&
    !(protocols.has('arp') && families.has(6)) &&
    ![...protocols].some((proto) => excluded.has(bpf({ proto }))) &&
    !all.some((term) => excluded.has(bpf(term)))
  );
}
