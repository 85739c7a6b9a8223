import { describe, expect, test } from 'vitest';
import { askChoice, terminalThread, type TerminalOptions } from '../../../src/adapter/terminal/index.ts';
import { fileName } from '../../../src/adapter/terminal/thread.ts';
import type { Place } from '../../../src/model/index.ts';
import { emulate } from './emulate.ts';
import { finding, live, onCall, question, summary } from './message.ts';

const place: Place = { team: 't', channel: 'c', thread: null };

const terminal = (more: Partial<TerminalOptions> = {}) => {
  const written: string[] = [];
  const options = {
    write: (text: string) => void written.push(text),
    columns: 80,
    isTTY: true,
    colour: false,
    ...more,
  };
  return { thread: terminalThread(options), raw: () => written.join(''), seen: () => emulate(written.join('')) };
};

const steps = (state: 'active' | 'done') => live({ steps: [{ id: 'a', label: [{ text: 'Looking' }], state }] });

describe('on a TTY', () => {
  test('the live message is rewritten in place', async () => {
    const { thread, seen } = terminal();
    const ref = await thread.show(place, 'live', steps('active'), null);
    expect(await thread.show(place, 'live', steps('done'), ref)).toBe(ref);
    expect(seen()).toEqual(['ip-10-0-10-207 · cluster prod-east · started by @on-call', '✓ Looking', '']);
  });

  test('it stays below everything else, until the summary', async () => {
    const { thread, seen } = terminal();
    await thread.show(place, 'live', steps('active'), null);
    await thread.show(place, 'note', { is: 'note', text: [{ text: 'one' }] }, null);
    await thread.show(place, 'live', steps('done'), null);
    expect(seen().slice(0, 4)).toEqual(['· one', '', expect.stringMatching(/^ip-10/), '✓ Looking']);
    await thread.show(place, 'summary', summary(), null);
    expect(seen().slice(0, 5)).toEqual([
      '· one',
      '',
      expect.stringMatching(/^ip-10/),
      '✓ Looking',
      '✓ Repaired in 18 s of machine time.',
    ]);
  });

  test('after the summary only what changes is told', async () => {
    const { thread, seen } = terminal();
    await thread.show(place, 'live', steps('active'), null);
    await thread.show(place, 'summary', summary(), null);
    const before = seen();
    await thread.show(place, 'live', steps('active'), null);
    expect(seen()).toEqual(before);
    await thread.show(place, 'live', steps('done'), null);
    expect(seen()).toEqual([...before.slice(0, -1), '✓ Looking', '']);
  });

  test('a block that becomes shorter leaves nothing behind', async () => {
    const { thread, seen } = terminal();
    await thread.show(place, 'live', live(), null);
    await thread.show(place, 'live', live({ steps: [] }), null);
    expect(seen()).toEqual(['ip-10-0-10-207 · cluster prod-east · started by @on-call', '']);
  });

  test('asking keeps the prompt below while the live message changes', async () => {
    const { thread, raw } = terminal();
    await thread.show(place, 'live', steps('active'), null);
    await thread.show(place, 'question', question(), null);
    const choices = question().choices;
    const chosen = await askChoice(thread, choices, async () => {
      await thread.show(place, 'live', steps('done'), null);
      expect(emulate(raw()).at(-1)).toBe('Your answer (1–2):');
      expect(emulate(raw()).at(-2)).toBe('✓ Looking');
      return '2';
    });
    expect(chosen).toEqual(choices[1]);
    expect(emulate(raw().replace(/(Your answer \(1–2\): )(?!.*Your answer)/s, '$12\n')).join('\n')).not.toContain(
      'answer',
    );
  });
});

describe('where output is no TTY', () => {
  test('each changed step is one line, and nothing moves the cursor', async () => {
    const { thread, raw } = terminal({ isTTY: false });
    await thread.show(place, 'live', live(), null);
    await thread.show(place, 'live', live(), null);
    await thread.show(
      place,
      'live',
      live({ steps: [{ id: 'proof', label: [{ text: 'Proof' }], state: 'done' }] }),
      null,
    );
    expect(raw().split('\n')).toEqual([
      'ip-10-0-10-207 · cluster prod-east · started by @on-call',
      '✓ Looked at both nodes — 30 of 31 answers',
      '● Narrowing down',
      '✓ Proof',
      '',
    ]);
    expect(raw()).not.toContain('\u001b');
  });
});

describe('the rest of the thread', () => {
  test('draws the ladder where it was given one', async () => {
    const { thread, raw } = terminal({ ladder: (story) => `${story.sent} SYNs\u001b[2J` });
    await thread.show(place, 'finding', finding(), null);
    expect(raw()).toContain(String.raw`  7 SYNs\x1b[2J`);
  });

  test('saves files under plain names and says where', async () => {
    const saved: string[] = [];
    const { thread, raw } = terminal({
      save: async (name, bytes) => {
        saved.push(`${name} ${bytes.length}`);
        return `/tmp/\u001b${name}`;
      },
    });
    const file = { name: '../../etc/pass wd', title: 'Capture at eth0', output: 'f'.repeat(64) };
    await thread.attach(place, [file], async () => new Uint8Array(3));
    expect(saved).toEqual(['__.._etc_pass_wd 3']);
    expect(raw()).toContain(String.raw`Capture at eth0: /tmp/\x1b__.._etc_pass_wd`);
  });

  test('names files that it cannot save, without reading them', async () => {
    const { thread, raw } = terminal();
    await thread.attach(place, [{ name: 'a.pcap', title: 'A', output: 'f' }], () => Promise.reject(new Error('asked')));
    expect(raw()).toContain('A: a.pcap');
  });

  test.each([
    ['-rf', '_rf'],
    ['.bashrc', '_bashrc'],
    ['', '_'],
    ['capture-eth0.pcap', 'capture-eth0.pcap'],
    ['x'.repeat(500), 'x'.repeat(120)],
  ])('the file name %j becomes %j', (name, plain) => {
    expect(fileName(name)).toBe(plain);
  });

  test('whispers to the one person', async () => {
    const { thread, raw } = terminal();
    await thread.whisper(place, onCall, 'Someone else has to approve.');
    expect(raw()).toContain('(to @on-call) Someone else has to approve.');
  });
});

describe('askChoice', () => {
  const asked = async (...lines: (string | null)[]) => {
    const { thread, raw } = terminal({ isTTY: false });
    const chosen = await askChoice(thread, question().choices, async () => lines.shift() ?? null);
    return { chosen: chosen?.id ?? null, raw: raw() };
  };

  test.each([
    ['1', 'kubelet'],
    [' 2 ', 'pods'],
    ['pods', 'pods'],
  ])('%j is %s', async (line, id) => {
    expect((await asked(line)).chosen).toBe(id);
  });

  test.each(['0', '3', '', '1.0', '01', '-1', 'Pods', '\u001b[A', '1e0', '__proto__'])(
    '%j is none, says so, and asks again',
    async (line) => {
      const { chosen, raw } = await asked(line, '1');
      expect(chosen).toBe('kubelet');
      expect(raw).toContain('is none of the answers. Type a number from 1 to 2.');
      expect(raw).not.toContain('\u001b');
    },
  );

  test('nobody there is no answer', async () => {
    expect((await asked(null)).chosen).toBeNull();
    expect((await asked('nonsense', null)).chosen).toBeNull();
  });

  test('nothing to choose is no answer', async () => {
    const { thread, raw } = terminal();
    expect(await askChoice(thread, [], () => Promise.reject(new Error('asked')))).toBeNull();
    expect(raw()).toBe('');
  });
});
