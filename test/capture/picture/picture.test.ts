import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { widthOf } from '../../../src/capture/picture/letters.ts';
import { type Drawable, picture, pictureWords } from '../../../src/capture/picture/index.ts';
import type { CapturePoint } from '../../../src/model/index.ts';
import { pcap } from '../build.ts';
import { ETH0, point, sentSyns } from '../talk.ts';
import { HEALTHY, rise, SICK, synAcks, syns, watched } from './told.ts';
import { type Element, elements } from './xml.ts';

function drawn(drawable: Drawable): readonly Element[] {
  return elements(picture(drawable) ?? '');
}

/** Every line of text, from the first written to the last. */
function lines(drawable: Drawable): string[] {
  return drawn(drawable)
    .filter(({ name }) => name === 'text')
    .map(({ text }) => text);
}

const crosses = (drawable: Drawable): number =>
  drawn(drawable).filter(({ name, attributes }) => name === 'circle' && attributes['fill'] === '#c84e00').length;
const dashes = (drawable: Drawable): number =>
  drawn(drawable).filter(({ attributes }) => attributes['stroke-dasharray'] !== undefined).length;

describe('a picture of a healthy story', () => {
  test.each(Object.entries(HEALTHY))('%s: nothing is dashed or crossed', (_, drawable) => {
    expect(lines(drawable)[0]).toBe('Answered');
    expect([crosses(drawable), dashes(drawable)]).toEqual([0, 0]);
    expect(lines(drawable).join('\n')).not.toMatch(/^no |dropped|took none/m);
  });

  test('shows no point where nothing was seen', () => {
    const drawable = HEALTHY['the sender alone saw the answers'];
    expect(lines(drawable)).toEqual(expect.arrayContaining(['7 × marked packet', '7 × answer']));
    expect(drawn(drawable).filter(({ attributes }) => attributes['r'] === '5')).toEqual([]);
  });

  test('shows every point that was passed, both ways', () => {
    const seen = drawn(HEALTHY['pod behind a tunnel answers']).filter(({ attributes }) => attributes['r'] === '5');
    expect(seen).toHaveLength(6);
  });
});

describe('a picture of a sick story says what is missing, where', () => {
  test.each<[keyof typeof SICK, string, readonly string[]]>([
    ['answered elsewhere', 'Answered elsewhere', ['7 × SYN', '7 × SYN-ACK', 'no SYN-ACK on eth0']],
    ['dropped on arrival', 'Arrived, not answered', ['7 × SYN', 'no SYN-ACK on eth0']],
    ['not forwarded', 'Not forwarded', ['7 × echo request', 'no echo request on cali1234abcdef1']],
    ['answers not forwarded', 'Not forwarded', ['7 × echo request', '7 × echo reply', 'no echo reply on eth0']],
    [
      'answered elsewhere behind a pod',
      'Answered elsewhere',
      ['7 × SYN', '7 × SYN-ACK', 'no SYN-ACK on eth1', 'out by eth0', '7 × SYN-ACK again, after 1.0 s'],
    ],
    [
      'lookups not answered, and sent again',
      'Arrived, not answered',
      ['3 × DNS query', '3 × DNS query again, after 1.0 s', 'no DNS answer on eth0'],
    ],
    ['lookups answered by somebody else', 'Answers arrived, not delivered', ['3 × DNS query', '3 × DNS answer']],
    ['seen by one of two', 'None of 7 answered', ['7 × SYN', 'no SYN-ACK on eth0']],
    ['never arrived', 'Never arrived', ['7 sent', 'no marked packet on eth0']],
    [
      'answers not taken',
      'Answers arrived, not delivered',
      ['7 × SYN', '7 × SYN-ACK', 'the node took none', '7 × SYN again, after 1.0 s', '7 × SYN-ACK again, after 1.0 s'],
    ],
  ])('%s', (name, headline, rows) => {
    const said = lines(SICK[name]);
    expect(said.find((line) => line !== '?')).toBe(headline);
    expect(said.filter((line) => / × |sent$|^no |^the node took|^out by/.test(line))).toEqual(rows);
    // One more than what is missing: beside the headline, unless nobody can be sure.
    expect(crosses(SICK[name])).toBe(SICK[name].story.unseen === undefined ? 2 : 1);
    expect(dashes(SICK[name])).toBe(1);
  });

  test('a server that refuses says with what, and answers of somebody else are not taken', () => {
    expect(lines(SICK['lookups refused by the server'])).toEqual(
      expect.arrayContaining(['Refused', '3 × DNS SERVFAIL']),
    );
    expect(lines(SICK['lookups answered by somebody else'])).toContain('not who was asked');
  });

  test('who looks a name up is a pod of the node that is watched', () => {
    const inside = (drawable: Drawable): string[] => {
      const box = drawn(drawable).find(({ attributes }) => attributes['rx'] === '9')?.attributes ?? {};
      const [left, right] = [Number(box['x']), Number(box['x']) + Number(box['width'])];
      return drawn(drawable).flatMap(({ name, text, attributes }) =>
        name === 'text' &&
        /^(sender|target|pod)$/.test(text) &&
        Number(attributes['x']) > left &&
        Number(attributes['x']) < right
          ? [text]
          : [],
      );
    };
    expect(inside(SICK['lookups not answered, and sent again'])).toEqual(['sender']);
    expect(inside(SICK['lookups answered by somebody else'])).toEqual(['sender', 'pod']);
    expect(inside(HEALTHY['pod answers'])).toEqual(['pod']);
  });

  test('a router that refuses is not the target, which the request never reached', () => {
    const said = lines(SICK['too big for a link']);
    expect(said[0]).toBe('Too big for a link');
    expect(said).toContain('7 × ICMP too big: at most 1400 bytes');
    const ends = drawn(SICK['too big for a link']).flatMap(({ attributes: { d = '', fill = '' } }) =>
      d.endsWith('Z') && fill !== 'none' ? [Number(/^M([\d.]+) /.exec(d)?.[1])] : [],
    );
    const [sender, uplink] = [68, 180];
    expect(ends).toEqual([uplink - 5, sender]);
  });

  test('groups that fared otherwise are counted and drawn for themselves', () => {
    const said = lines(SICK['refused, answered and lost']);
    expect(said[0]).toBe('2 of 7 answered');
    expect(said.filter((line) => /^\d of 7$| × |sent$|^no /.test(line))).toEqual([
      '3 of 7',
      '3 × SYN',
      'no SYN-ACK on eth0',
      '2 of 7',
      '2 × SYN',
      '2 × SYN-ACK',
      '1 of 7',
      '1 × SYN',
      '1 × RST',
    ]);
    expect(said.at(-1)).toBe('1 of 7 fared otherwise, not drawn');
  });

  test('counters stand beneath, what proves nothing does not', () => {
    expect(lines(SICK['dropped on arrival']).slice(-3)).toEqual([
      'The node dropped 7 of 7: IPReversePathFilter +4',
      'and +3',
      'Counted meanwhile: IpInAddrErrors +4 and +3',
    ]);
    expect(lines(SICK['lost in part, and counted']).slice(-3)).toEqual([
      'The node dropped 4 of 7: ListenDrops +2 and +2',
      'Counted meanwhile: IpInDiscards +4 and +3, +1',
      'without them',
    ]);
  });

  test('a capture that is not whole gets a question mark where it proves nothing', () => {
    const blind = watched([ETH0], [{ pcap: pcap(syns), gap: 'truncated' }], sentSyns(0));
    expect(lines(blind)).toContain('eth0 was not seen whole');
    expect(crosses(blind)).toBe(0);
    expect(lines(blind).filter((line) => line === '?')).toHaveLength(3);
  });

  test('in words, for who does not see it', () => {
    expect(pictureWords(SICK['dropped on arrival'])).toBe(
      'Packet ladder. Arrived, not answered. 7 of 7 SYNs arrived on eth0; no SYN-ACK was seen. ' +
        'The node dropped 7 of 7: IPReversePathFilter +4 and +3. Counted meanwhile: IpInAddrErrors +4 and +3.',
    );
    expect(pictureWords(HEALTHY['a counter rose by itself'])).not.toContain('IpInDiscards');
  });
});

test('nothing sent or nothing watched is no picture', () => {
  expect(picture(watched([ETH0], [{ pcap: pcap([]) }], sentSyns(0, { count: 0 })))).toBeNull();
  expect(picture(watched([], [], sentSyns(0)))).toBeNull();
});

/** Healthy and sick in equal number. Whoever changes the picture looks at it, then writes them anew with `vitest -u`. */
const GOLDEN = {
  'kubelet answers': HEALTHY['kubelet answers'],
  'pod answers': HEALTHY['pod answers'],
  'pod behind a tunnel answers': HEALTHY['pod behind a tunnel answers'],
  'pod of another node answers this one': HEALTHY['pod of another node answers this one'],
  'answered elsewhere': SICK['answered elsewhere'],
  'not forwarded': SICK['not forwarded'],
  'never arrived': SICK['never arrived'],
  'answers not taken': SICK['answers not taken'],
};

test.each(Object.entries(GOLDEN))('%s, byte by byte', async (name, drawable) => {
  const kept = join(import.meta.dirname, `../../fixture/picture/${name.replaceAll(' ', '-')}.svg`);
  await expect(picture(drawable)).toMatchFileSnapshot(kept);
});

/** A box around each line of text. */
function boxes(all: readonly Element[]) {
  return all
    .filter(({ name }) => name === 'text')
    .map(({ attributes, text }) => {
      const size = Number(attributes['font-size']);
      const width = widthOf(text, { size, bold: attributes['font-weight'] === '700' });
      const left = Number(attributes['x']) - (attributes['text-anchor'] === 'middle' ? width / 2 : 0);
      const base = Number(attributes['y']);
      return { text, left, right: left + width, top: base - size * 0.73, bottom: base };
    });
}

const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('W'.repeat(300), '"/><script>&amp;', '\u202Eeth0\u2066', ']]><!--', '\0\uFFFF\uD800', ''),
);
const hostile = fc.record({
  names: fc.array(fc.tuple(name, name, fc.constantFrom(true, false, undefined)), { minLength: 1, maxLength: 6 }),
  seen: fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { minLength: 6, maxLength: 6 }),
  blind: fc.nat(6),
  answered: fc.nat(7),
  sender: fc.tuple(name, name, name),
  counter: name,
});

test('whatever things are called and however packets fare: well-formed, inside the card, no word upon another', () => {
  fc.assert(
    fc.property(hostile, ({ names, seen, blind, answered, sender: [node, source, to], counter }) => {
      const points: CapturePoint[] = names.map(([device, of, onWay]) => ({
        ...point(device, { node: of }),
        ...(onWay === undefined ? {} : { onWay }),
      }));
      const pcaps = points.map((_, at) => ({
        pcap: pcap([...syns.slice(0, seen[at]?.[0]), ...synAcks.slice(0, seen[at]?.[1])]),
        ...(at === blind ? { gap: 'denied' as const } : {}),
      }));
      const drawable = watched(points, pcaps, sentSyns(answered, {}), [rise(counter, 'exact')]);
      const svg = picture({ ...drawable, sent: { ...drawable.sent, node, source, to } }) ?? '';
      // eslint-disable-next-line no-control-regex -- what must not be there
      expect(svg).toMatch(/^[\x20-\x7E…×·]+$/);
      const all = elements(svg);
      const [, , , bottom = 0] = (all[0]?.attributes['viewBox'] ?? '').split(' ').map(Number);
      const texts = boxes(all);
      for (const box of texts) {
        expect(box.left).toBeGreaterThanOrEqual(0);
        expect(box.right).toBeLessThanOrEqual(360);
        expect(box.top).toBeGreaterThanOrEqual(0);
        expect(box.bottom).toBeLessThanOrEqual(bottom);
      }
      const upon = texts.flatMap((one, at) =>
        texts
          .slice(at + 1)
          .filter((two) => one.left < two.right && two.left < one.right && one.top < two.bottom && two.top < one.bottom)
          .map((two) => [one.text, two.text]),
      );
      expect(upon).toEqual([]);
      expect(pictureWords(drawable).length).toBeLessThanOrEqual(1000);
    }),
    { numRuns: 300 },
  );
});
