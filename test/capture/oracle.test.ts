import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findTool } from '../lab/available.ts';
import { must } from '../lab/command.ts';
import { pcap } from './build.ts';
import { decoded } from './decoded.ts';
import { type Claim, claims, FIELDS } from './oracle/claims.ts';
import { CASES } from './oracle/kinds.ts';
import { pcapng } from './oracle/pcapng.ts';

const tshark = findTool('tshark');
const note = tshark === null ? ' (skipped: tshark is not installed)' : '';

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
