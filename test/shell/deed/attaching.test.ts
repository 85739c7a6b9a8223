import { describe, expect, test } from 'vitest';
import type { Attachment, Effect, IncidentState, Watched } from '../../../src/model/index.ts';
import type { Painter } from '../../../src/port.ts';
import { attach } from '../../../src/shell/deed/attach.ts';
import { HEALTHY, SICK } from '../../capture/picture/told.ts';
import { counting } from '../../incident/tale.ts';
import { bench } from '../workplace.ts';

const asDrawn: Painter = { png: (svg) => Promise.resolve(new TextEncoder().encode(svg)) };
const broken: Painter = { png: () => Promise.reject(new Error('the font is not installed.')) };

/** A bench whose incident has watched this, and the effect that attaches its only capture. */
async function watching(drawable: Pick<Watched, 'story' | 'sent' | 'counters'>, painter?: Painter) {
  const at = bench();
  const output = await at.journal.keep('capture', new TextEncoder().encode('pcap'));
  const [point] = drawable.story.points;
  if (point === undefined) throw new TypeError('a story without points');
  const file: Attachment = { name: 'capture-eth0.pcap', title: 'Packets on eth0', output };
  const captures = [{ point, file: file.name, output, packets: 7, flows: 7 }];
  const state: IncidentState = { ...counting().state, watched: { ...drawable, captures } };
  const effect: Extract<Effect, { do: 'attach' }> = { do: 'attach', key: '9-attach', files: [file] };
  const ports = painter === undefined ? at.ports : { ...at.ports, painter };
  return { at, state, effect, ports };
}

describe('attach', () => {
  test.each([
    ['a sick story', SICK['answered elsewhere'], /^Packet ladder\. Answered elsewhere\. 7 of 7 SYNs arrived on eth0; /],
    ['a healthy one', HEALTHY['kubelet answers'], /^Packet ladder\. Answered\. 7 of 7 SYNs arrived on eth0; /],
  ])('puts the picture of %s above its captures, in words too, and keeps it', async (_, drawable, alt) => {
    const { at, state, effect, ports } = await watching(drawable, asDrawn);
    expect(await attach(ports, state, effect)).toBeNull();
    const [picture, capture] = at.thread.attached;
    expect([picture?.file.name, capture?.file.name]).toEqual(['packets.png', 'capture-eth0.pcap']);
    expect(picture?.file.title).toBe('What became of the 7 marked packets');
    expect(picture?.file.alt).toMatch(alt);
    expect(new TextDecoder().decode(picture?.bytes)).toMatch(/^<svg /);
    expect(await at.journal.bytes(picture?.file.output ?? '')).toEqual(picture?.bytes);
  });

  test.each([
    ['nobody draws', SICK['answered elsewhere'], undefined],
    [
      'nothing was sent',
      { ...SICK['answered elsewhere'], story: { ...SICK['answered elsewhere'].story, sent: 0 } },
      asDrawn,
    ],
  ])('without a picture where %s', async (_, drawable, painter) => {
    const { at, state, effect, ports } = await watching(drawable, painter);
    expect(await attach(ports, state, effect)).toBeNull();
    expect(at.thread.attached.map(({ file }) => file.name)).toEqual(['capture-eth0.pcap']);
  });

  test('draws nothing of a watch that is not the one of these files', async () => {
    const { at, state, effect, ports } = await watching(SICK['answered elsewhere'], asDrawn);
    await attach(ports, { ...state, watched: null }, effect);
    await attach(ports, state, { ...effect, files: [{ name: 'a.json', title: 'Another', output: 'f'.repeat(64) }] });
    expect(at.thread.attached.map(({ file }) => file.name)).toEqual(['capture-eth0.pcap', 'a.json']);
  });

  test('a picture that cannot be drawn is one sentence, and the captures are there', async () => {
    const { at, state, effect, ports } = await watching(SICK['answered elsewhere'], broken);
    expect(await attach(ports, state, effect)).toEqual({
      is: 'effect-failed',
      effect: '9-attach',
      sentence: `The packets on ${state.node} could not be drawn as a picture: the font is not installed. The ladder in the finding and the captures show the same.`,
    });
    expect(at.thread.attached.map(({ file }) => file.name)).toEqual(['capture-eth0.pcap']);
  });

  test('puts an output of a node below its command, inert and without secrets, and leaves other files alone', async () => {
    const { at, state, effect, ports } = await watching(SICK['answered elsewhere']);
    const bytes = 'eth0\u001b[2J\u202e up\n\tpassword = hunter2-hunter2\n';
    const output = await at.journal.keep('output', new TextEncoder().encode(bytes));
    const heading = '# on ip-10-0-10-207\n# ip link\u001b[31m\n';
    const file = { name: 'ip-link.txt', title: 'ip link', output, heading };
    expect(await attach(ports, state, { ...effect, files: [...effect.files, file] })).toBeNull();
    const [capture, text] = at.thread.attached;
    expect(new TextDecoder().decode(capture?.bytes)).toBe('pcap');
    expect(new TextDecoder().decode(text?.bytes)).toBe(
      '# on ip-10-0-10-207\n# ip link\uFFFD[31m\n\neth0\uFFFD[2J\uFFFD up\n\tpassword = [cut: password]\n\n',
    );
  });
});
