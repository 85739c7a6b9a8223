import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findTool } from '../lab/available.ts';
import { must } from '../lab/command.ts';
import { usersStory } from '../../src/capture/index.ts';
import type { ExpectedTraffic } from '../../src/model/index.ts';
import { pcap } from './build.ts';
import { decoded } from './decoded.ts';
import { type Claim, claims, FIELDS } from './oracle/claims.ts';
import { CASES } from './oracle/kinds.ts';
import { pcapng } from './oracle/pcapng.ts';
import { at, DNS_SERVICE, dnsAnswer, ETH0, type Lookup, query } from './talk.ts';

const tshark = findTool('tshark');
const note = tshark === null ? ' (skipped: tshark is not installed)' : '';

const LOOKUPS: ExpectedTraffic = { from: null, to: DNS_SERVICE, port: 53, dns: { behind: [] } };

/** What netdiag keeps of a packet: without and with a tunnel. */
const SNAPS = [96, 192];

/** Every occurrence, nothing put together from several packets, and no packet left out for what came before it. */
const PREFERENCES = [
  'ip.defragment:FALSE',
  'ipv6.defragment:FALSE',
  'tcp.analyze_sequence_numbers:FALSE',
  'tcp.desegment_tcp_streams:FALSE',
].flatMap((preference) => ['-o', preference]);
const FORM = ['occurrence=a', 'aggregator=,', 'separator=|'].flatMap((form) => ['-E', form]);
const OPTIONS = ['-n', '-d', 'udp.port==8472,vxlan', ...PREFERENCES, '-T', 'fields', ...FORM];

/** Each packet's fields as tshark tells them: every occurrence, outermost first. */
async function told(file: string, fields: readonly string[]): Promise<string[][][]> {
  const said = await must([tshark ?? '', '-r', file, ...OPTIONS, ...fields.flatMap((field) => ['-e', field])]);
  return said
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('|').map((field) => (field === '' ? [] : field.split(','))));
}

/** Claims that tshark does not share, in words; where a packet is cut, headers that tshark still shows may come after ours. */
function disputed(
  all: readonly (Pick<Claim, 'field' | 'value'> & { readonly fromEnd: number | null })[],
  theirs: readonly string[][],
): string[] {
  return all.flatMap(({ field, value, fromEnd }) => {
    const occurrences = theirs[FIELDS.indexOf(field as (typeof FIELDS)[number])] ?? [];
    const said = fromEnd === null ? occurrences : occurrences.slice(-1 - fromEnd, occurrences.length - fromEnd);
    const same = said.some((one) => (typeof value === 'number' ? Number(one) === value : one === value));
    return same ? [] : [`${field}: we say ${value}, tshark ${occurrences.join(',') || 'nothing'}`];
  });
}

/** Fields of transport headers that tshark sees and we do not. */
function overlooked(all: readonly Claim[], theirs: readonly string[][], before: number): string[] {
  return (['tcp.srcport', 'udp.srcport', 'icmp.type', 'icmpv6.type', 'dns.id', 'arp.opcode'] as const).flatMap(
    (field) => {
      const ours = all.filter((claim) => claim.field === field).length + (field === 'udp.srcport' ? before : 0);
      const seen = theirs[FIELDS.indexOf(field)]?.length ?? 0;
      return seen > ours ? [`${field}: tshark sees ${seen}, we ${ours}`] : [];
    },
  );
}

describe.skipIf(tshark === null)(`tshark reads the same${note}`, { timeout: 60_000 }, () => {
  const directory = tshark === null ? '' : mkdtempSync(join(tmpdir(), 'netdiag-oracle-'));
  const file = join(directory, 'every-case.pcapng');
  const whole = CASES.map((one) => ({ ...one, snap: one.bytes.length }));
  const cut = SNAPS.flatMap((snap) =>
    CASES.filter(({ bytes }) => bytes.length > snap).map((one) => ({ ...one, snap })),
  );
  let theirs: string[][][] = [];

  beforeAll(async () => {
    writeFileSync(file, pcapng([...whole, ...cut]));
    theirs = await told(file, FIELDS);
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test('as many packets', () => {
    expect(theirs).toHaveLength(whole.length + cut.length);
    expect(cut.length).toBeGreaterThan(100);
  });

  test.each([...new Set(CASES.map(({ tunnel }) => tunnel))])('in whole packets: %s', (tunnel) => {
    const wrong = whole.flatMap((one, index) => {
      if (one.tunnel !== tunnel) return [];
      const all = claims(one, one.bytes);
      expect(all.length).toBeGreaterThan(1);
      const complaints = [...disputed(all, theirs[index]!), ...overlooked(all, theirs[index]!, one.udpBefore)];
      return complaints.map((complaint) => `${one.name}: ${complaint}`);
    });
    expect(wrong).toEqual([]);
  });

  test('in cut packets we claim nothing else', () => {
    const wrong = cut.flatMap((one, index) => {
      const anywhere = claims(one, one.bytes.subarray(0, one.snap)).map((claim) => ({ ...claim, fromEnd: null }));
      return disputed(anywhere, theirs[whole.length + index]!).map(
        (complaint) => `${one.name}, cut at ${one.snap}: ${complaint}`,
      );
    });
    expect(wrong).toEqual([]);
  });

  test('which DNS answer belongs to which query, and which query came again', async () => {
    const lookups = [7, 8, 9, 10].map((id, index): Lookup => ({
      id,
      sourcePort: 40_000 + (index >> 1),
      ipId: index + 1,
    }));
    const [first, second, third, fourth] = lookups as [Lookup, Lookup, Lookup, Lookup];
    const stranger = { ...first, sourcePort: 40_009 };
    const exchange = pcap([
      at(0, query(first)),
      at(1, query(second)),
      at(2, query(third)),
      at(3, dnsAnswer(second, { rcode: 3 })),
      at(4, dnsAnswer(first)),
      at(900, query({ ...third, ipId: 9 })),
      at(901, dnsAnswer(third)),
      at(902, query(fourth)),
      at(903, dnsAnswer(stranger)),
    ]);
    const here = join(directory, 'lookups.pcap');
    writeFileSync(here, exchange);
    const said = await told(here, ['dns.id', 'dns.flags.response', 'dns.response_to', 'dns.retransmit_request']);
    const of = (id: number) => said.filter(([one]) => Number(one![0]) === id);
    const { story: seen } = usersStory([ETH0], [{ pcap: exchange }], LOOKUPS, 'farEnd');
    const theirs = lookups.map(({ id }) => [
      of(id).filter(([, response]) => response![0] === '0' || response![0] === 'False').length,
      of(id).filter(([, , answers]) => answers![0] !== undefined).length,
      of(id).filter(([, , , again]) => again![0] !== undefined).length,
    ]);
    expect(
      seen.flows.map(({ requests, answers, again }) => [requests[0], answers[0], again?.requests[0] ?? 0]),
    ).toEqual(theirs);
    expect(theirs).toEqual([
      [1, 1, 0],
      [1, 1, 0],
      [2, 1, 1],
      [1, 0, 0],
    ]);
  });

  test('in the file around them, big endian and with ns', async () => {
    const classic = pcap(
      CASES.filter(({ linkType }) => linkType === 1).map(({ bytes }, index) => ({
        bytes: bytes.subarray(0, 96),
        wire: bytes.length,
        at: 1_700_000_000_000_001 + index * 333_333,
      })),
      { bigEndian: true, nanoseconds: true },
    );
    const here = join(directory, 'classic.pcap');
    writeFileSync(here, classic);
    const said = await told(here, ['frame.time_epoch', 'frame.len']);
    const ours = decoded(classic).map(({ at, wire }) => [(Number(at) / 1e6).toFixed(6), String(wire)]);
    expect(ours).toEqual(said.map(([time, length]) => [Number(time![0]).toFixed(6), length![0]]));
  });
});
