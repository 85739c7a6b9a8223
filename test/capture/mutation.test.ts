import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { count, headersOnly, interpret, ladder, story } from '../../src/capture/index.ts';
import { decode } from '../../src/capture/decode.ts';
import { Packet } from '../../src/capture/packet.ts';
import { eachPacket } from '../../src/capture/pcap.ts';
import { be32, bytes, pcap } from './build.ts';
import { decoded } from './decoded.ts';
import { failureOf } from './fuzz/failure.ts';
import { Judge } from './fuzz/judge.ts';
import { Mutants } from './fuzz/mutant.ts';
import { ETH0, ETH1, ports, sentSyns, syn, synAck, unreachable } from './talk.ts';
import { packetOf } from './packets.ts';

const healthy = fc
  .constantFrom(1, 101, 113, 276)
  .chain((linkType) =>
    fc
      .tuple(fc.array(packetOf(linkType), { minLength: 1, maxLength: 3 }), fc.boolean())
      .map(([packets, bigEndian]) =>
        pcap([...packets, syn(33_201), synAck(33_201), unreachable(33_202, '10.0.10.1')], { linkType, bigEndian }),
      ),
  );

/** One thing that goes wrong with a file: a byte, a length field, a cut, a piece twice. */
const damage = fc.tuple(
  fc.constantFrom('byte', 'word', 'cut', 'double'),
  fc.nat(),
  fc.oneof(fc.nat(255), fc.constantFrom(0x7fff_ffff, 0xffff_ffff, 0x8000_0000, 65_535, 262_144)),
);
const damaged = fc.tuple(healthy, fc.array(damage, { minLength: 1, maxLength: 4 })).map(([file, damages]) =>
  damages.reduce<Uint8Array>((broken, [how, where, value]) => {
    const at = where % Math.max(1, broken.length);
    switch (how) {
      case 'byte':
        return bytes(broken.subarray(0, at), value & 0xff, broken.subarray(at + 1));
      case 'word':
        return bytes(broken.subarray(0, at), be32(value), broken.subarray(at + 4));
      case 'cut':
        return broken.subarray(0, at);
      case 'double':
        return bytes(broken, broken.subarray(at));
    }
  }, file),
);

test('T15: a damaged capture is read as far as it makes sense, without crash, and never beyond its packets', () => {
  const packet = new Packet();
  fc.assert(
    fc.property(damaged, (file) => {
      let before = 24;
      let sound = true;
      const walked = eachPacket(file, (start, end, at, wire, linkType) => {
        decode(packet, file, start, end, linkType);
        const inOrder =
          start === before + 16 && packet.headersEnd >= start && packet.headersEnd <= end && end <= file.length;
        sound &&= inOrder && wire >= end - start && Number.isSafeInteger(at);
        before = end;
      });
      expect(sound && walked.packets <= file.length / 16).toBe(true);
    }),
    { numRuns: 5000 },
  );
});

test('a damaged capture loses its payload and keeps its decoded fields', () => {
  fc.assert(
    fc.property(damaged, (file) => {
      const zeroed = headersOnly(file);
      expect(zeroed).toHaveLength(file.length);
      expect(decoded(zeroed)).toEqual(decoded(file));
      expect(headersOnly(zeroed)).toEqual(zeroed);
      expect(count(zeroed)).toEqual(count(file));
    }),
    { numRuns: 1500 },
  );
});

test('a damaged capture still makes a story, and the story is the same without payload', () => {
  fc.assert(
    fc.property(damaged, damaged, (first, second) => {
      const told = story([ETH0, ETH1], [{ pcap: first }, { pcap: second }], sentSyns(0));
      const zeroed = [first, second].map((file) => ({ pcap: headersOnly(file) }));
      expect(story([ETH0, ETH1], zeroed, sentSyns(0))).toEqual(told);
      expect(interpret(told).length).toBeGreaterThan(0);
      expect(
        Math.max(
          ...ladder(told)
            .split('\n')
            .map((line) => line.length),
        ),
      ).toBeLessThanOrEqual(72);
    }),
    { numRuns: 1000 },
  );
});

test('T15, T31: twenty thousand of the inputs that `npm run trial -- fuzz` takes are handled as promised', () => {
  const mutants = new Mutants(1);
  const judge = new Judge();
  for (let index = 0; index < 20_000; index += 1) {
    expect(failureOf(judge, mutants.make(index), index, Infinity)).toBeNull();
  }
});

test('the same seed and number make the same input, others another one', () => {
  const made = (seed: number, index: number) => new Mutants(seed).make(index);
  expect(made(1, 77)).toEqual(made(1, 77));
  expect(made(1, 77)).not.toEqual(made(1, 78));
  expect(made(1, 77)).not.toEqual(made(2, 77));
});

test('fifty thousand marked packets make a story of bounded size', () => {
  const packets = ports(2000).map((port) => syn(port));
  const many = pcap(Array.from({ length: 25 }, () => packets).flat());
  const sent = sentSyns(0, { count: 2000, mark: { proto: 'tcp', firstPort: 33_201, lastPort: 35_200 } });
  const told = story([ETH0], [{ pcap: many }], sent);
  expect(told).toMatchObject({ requestsAt: [2000], fate: 'arrived-not-answered' });
  expect(told.flows).toHaveLength(20);
  expect(told.ladder).toHaveLength(200);
});
