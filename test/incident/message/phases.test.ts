import { describe, expect, test } from 'vitest';
import type { Message, Rich, Step } from '../../../src/model/index.ts';
import { ON_CALL, SECOND } from '../../fake/house.ts';
import { counted } from '../../fake/scene.ts';
import {
  again,
  begun,
  clusterHouse,
  mended,
  prepared,
  reached,
  rehearsed,
  RESTART,
  STAGES,
  stepped,
  steps as doing,
} from '../cluster-tale.ts';
import { asking, changing, counting, DOOR, i1Known, proposing, repaired, silent, Tale } from '../tale.ts';

/** `look done`, `narrow active` … of the live message. */
const steps = (tale: Tale): readonly string[] => tale.shows('live').steps.map(({ id, state }) => `${id} ${state}`);
const words = (rich: Rich | undefined): string =>
  (rich ?? [])
    .map((span) =>
      'text' in span ? span.text : 'strong' in span ? span.strong : 'code' in span ? span.code : `@${span.person.name}`,
    )
    .join('');
const detail = (tale: Tale, id: string): string =>
  words(tale.shows('live').steps.find((step) => step.id === id)?.detail);

describe('the live message', () => {
  test.each<[string, () => Tale, readonly string[]]>([
    [
      'when it was asked for',
      () => new Tale().open(),
      ['look active', 'narrow pending', 'prove pending', 'fix pending'],
    ],
    ['while nodes answer', asking, ['look active', 'narrow active', 'prove pending', 'fix pending']],
    [
      'while the symptom is waited for',
      () => asking().look(i1Known(true)),
      ['look done', 'narrow active', 'prove pending', 'fix pending'],
    ],
    ['while packets are counted', counting, ['look done', 'narrow done', 'prove active', 'fix pending']],
    ['while an approval is waited for', proposing, ['look done', 'narrow done', 'prove done', 'fix active']],
    [
      'while the node is changed',
      changing,
      ['look done', 'narrow done', 'prove done', 'fix done', 'apply active', 'verify pending', 'settle pending'],
    ],
    [
      'while it is verified',
      () => changing().changed('applied'),
      ['look done', 'narrow done', 'prove done', 'fix done', 'apply done', 'verify active', 'settle pending'],
    ],
    [
      'while the rollback is disarmed',
      () => changing().changed('applied').verified(true),
      ['look done', 'narrow done', 'prove done', 'fix done', 'apply done', 'verify done', 'settle active'],
    ],
    [
      'when it is repaired',
      repaired,
      ['look done', 'narrow done', 'prove done', 'fix done', 'apply done', 'verify done', 'settle done'],
    ],
    [
      'when the node restored itself after a bad verification',
      () => changing().changed('applied').verified(false).settled('rolled-back'),
      ['look done', 'narrow done', 'prove done', 'fix done', 'apply done', 'verify failed', 'settle done'],
    ],
    [
      'when a step failed',
      () => changing().changed('failed', 'Step 1 failed.').settled('rolled-back'),
      ['look done', 'narrow done', 'prove done', 'fix done', 'apply failed', 'verify pending', 'settle done'],
    ],
    [
      'when nothing was found',
      () => counting(undefined, i1Known(false, 'eth0')).watch(counted('answered')),
      ['look done', 'narrow done', 'prove done', 'fix done'],
    ],
    [
      'when the cluster does not answer',
      () => new Tale().open().take({ is: 'locate-failed', sentence: 'The API said 403.', suggestions: [] }),
      ['look failed', 'narrow failed', 'prove failed', 'fix done'],
    ],
  ])('%s', (_, at, expected) => {
    expect(steps(at())).toEqual(expected);
  });

  test('says who waits for whom, and how far it is', () => {
    expect(detail(asking().look(i1Known(true)), 'narrow')).toBe('waiting for the symptom');
    expect(detail(proposing(), 'prove')).toBe('0 of 14 marked packets answered');
    expect(detail(proposing(), 'fix')).toBe('waiting for an approval');
    expect(detail(changing(), 'fix')).toContain('approved by @second');
    expect(detail(repaired(), 'verify')).toBe(
      '14 of 14 marked packets are answered. The API server reaches the kubelet.',
    );
  });

  test('names the door, and what did not answer', () => {
    expect(detail(proposing(), 'look')).toContain('came in through 10.0.10.190');
    const partly = asking().look([...i1Known(true).slice(1), ...silent(i1Known(true).slice(0, 1))]);
    expect(detail(partly, 'look')).toContain('(not ip-addr');
  });

  test('says in its title how it ended', () => {
    const titles = [
      repaired(),
      changing().changed('failed', 'no').settled('rolled-back'),
      counting(undefined, i1Known(false, 'eth0')).watch(counted('answered')),
      counting(undefined, silent(i1Known(true))),
      proposing(),
      changing(),
    ].map((tale) => words(tale.shows('live').title));
    expect(new Set(titles).size).toBe(titles.length);
  });
});

describe('a question', () => {
  test('has a button for each choice, in their order, until it is answered', () => {
    const question = asking().shows('question', 'question symptom');
    expect(question.buttons.map(({ label }) => label)).toEqual(question.choices.map(({ label }) => label));
    expect(question.answered).toBeUndefined();
  });

  test('then says what was answered, by whom and when, and has none', () => {
    const tale = asking().answer('symptom', 'kubelet');
    expect(tale.shows('question', 'question symptom')).toMatchObject({
      buttons: [],
      answered: { choice: 'kubectl logs fails', by: ON_CALL, at: tale.now },
    });
  });
});

describe('an approval card', () => {
  const card = (tale: Tale, letter = 'A') => tale.shows('approval', `approval ${tale.offer(letter).plan.id}`);

  test('has Approve, Reject, the other fix, and what exactly happens', () => {
    const tale = proposing();
    expect(card(tale).buttons.map(({ label, style }) => `${label} ${style ?? ''}`.trim())).toEqual([
      'Approve Fix A primary',
      'Reject danger',
      'Show Fix B',
      'What exactly happens?',
    ]);
    expect(card(tale)).toMatchObject({ planHash: tale.offer().hash, cameThrough: '10.0.10.190', requester: ON_CALL });
  });

  test('names as approvers everybody who may but the requester', () => {
    expect(card(proposing()).approvers.map(({ name }) => name)).toEqual(['second', 'third']);
  });

  test.each<[string, (tale: Tale) => Tale, string]>([
    ['approved and begun', (tale) => tale.press(tale.offer().tokens.approve, SECOND).changed('applied'), 'approved'],
    ['rejected', (tale) => tale.press(tale.offer().tokens.reject, SECOND), 'rejected'],
    [
      'expired',
      (tale) => {
        tale.now = tale.offer().plan.expiresAt;
        return tale.take({ is: 'woken', name: `expiry ${tale.offer().plan.id}` });
      },
      'expired',
    ],
    [
      'refused by the node',
      (tale) => tale.press(tale.offer().tokens.approve, SECOND).changed('refused', 'It differs.'),
      'superseded',
    ],
  ])('has no buttons once it is %s', (_, decide, state) => {
    expect(card(decide(proposing()))).toMatchObject({ buttons: [], state });
  });

  test('has Revoke and nothing else from the approval until the node has said anything', () => {
    expect(card(changing()).buttons.map(({ label }) => label)).toEqual(['Revoke']);
  });

  test('says why it was rejected', () => {
    const tale = proposing();
    tale.take({ is: 'pressed', token: tale.offer().tokens.reject, by: SECOND, reason: 'not in office hours' });
    expect(card(tale)).toMatchObject({ state: 'rejected', decidedBy: SECOND, reason: 'not in office hours' });
  });

  test('says how it went', () => {
    expect(card(changing())).toMatchObject({ became: 'running' });
    expect(card(changing().changed('applied').verified(true).settled('confirmed'))).toMatchObject({
      became: 'confirmed',
    });
    expect(card(changing().changed('applied').verified(false).settled('rolled-back'))).toMatchObject({
      became: 'rolled-back',
    });
    expect(card(proposing())).not.toHaveProperty('became');
  });

  test('says who decided, and when', () => {
    const tale = changing();
    expect(card(tale)).toMatchObject({ decidedBy: SECOND, decidedAt: tale.now });
  });

  test('a draft has none, and one that was never shown gets none later', () => {
    const tale = proposing();
    const slot = `approval ${tale.offer('B').plan.id}`;
    expect(tale.state.telling[slot]).toBeUndefined();
    tale.press(tale.offer('A').tokens.approve, SECOND);
    expect(tale.state.telling[slot]).toBeUndefined();
  });

  test('offers no Show Fix B once B is shown', () => {
    const tale = proposing();
    tale.press(tale.offer('B').tokens.offer, ON_CALL);
    for (const letter of ['A', 'B']) {
      expect(card(tale, letter).buttons.map(({ label }) => label)).not.toContain('Show Fix B');
    }
  });
});

describe('the finding', () => {
  test('stays unsaid until the diagnosis has come to an end', () => {
    expect(counting().state.telling['finding']).toBeUndefined();
    expect(counting().state.findings.length).toBeGreaterThan(0);
  });

  test('comes with proof, evidence of both nodes, and what could not be seen', () => {
    const message = proposing().shows('finding');
    expect(message).toMatchObject({ subject: 'ip-10-0-10-207', peer: 'ip-10-0-10-115' });
    expect(words(message.proof ?? [])).toContain('14 of 14');
    expect(message.evidence[0]).toMatchObject({
      subject: { node: 'ip-10-0-10-207' },
      peer: { node: 'ip-10-0-10-115' },
    });
  });

  test('of a node that nobody could enter has no proof and no captures', () => {
    const tale = asking().take({
      is: 'surveyed',
      role: 'subject',
      node: 'ip-10-0-10-207',
      answers: [],
      door: null,
      closedDoors: [],
      identity: null,
      failure: { gap: 'unreachable', sentence: 'No address answered.' },
      ms: 1,
    });
    expect(tale.look(i1Known(true)).shows('finding')).toMatchObject({ proof: null, captures: [], story: null });
  });
});

describe('the summary', () => {
  const headline = (tale: Tale): string => words(tale.shows('summary').headline);

  test('is there only at the end', () => {
    for (const tale of [asking(), proposing(), changing()]) expect(tale.state.telling['summary']).toBeUndefined();
  });

  test('of a repair counts the machine time from the approval on', () => {
    expect(headline(repaired())).toContain('Repaired in 3 s');
  });

  test('of a node that restored itself says that nothing is left behind, only where nothing is', () => {
    const undone = (difference: readonly string[]): Tale =>
      changing().changed('applied').verified(false).settled('rolled-back', difference);
    expect(headline(undone([]))).toContain('nothing is left behind');
    expect(headline(undone(['+10.0.10.0/24 dev eth1']))).not.toContain('nothing is left behind');
    expect(undone(['+10.0.10.0/24 dev eth1']).shows('summary').difference).toEqual(['+10.0.10.0/24 dev eth1']);
  });

  test('of a change whose end nobody knows does not say that the cause is unknown', () => {
    const tale = changing();
    tale.take({ is: 'change-unknown', plan: tale.change.plan, sentence: 'The connection was lost.' });
    tale.take({ is: 'unsettled', plan: tale.change.plan, sentence: 'Look at its console.' });
    expect(headline(tale)).toMatch(/^What became of the fix is not known/);
  });

  test('of a change that never began says that nothing was changed', () => {
    const tale = changing();
    tale.take({ is: 'change-unknown', plan: tale.change.plan, sentence: 'No door opened.' }).settled('refused');
    expect(headline(tale)).toMatch(/nothing was changed/);
  });

  test('of a cluster that did not answer says why, and points to nothing that is not there', () => {
    const tale = new Tale().open();
    tale.take({ is: 'locate-failed', sentence: 'The API server answers 403.', suggestions: [] });
    const text = tale.shows('summary').paragraphs.map(words).join(' ');
    expect(text).toContain('The API server answers 403.');
    expect(text).not.toContain('could not see');
  });

  test('of a rejected fix says who rejected it, and of an expired one that it expired', () => {
    const tale = proposing();
    tale.press(tale.offer('A').tokens.reject, SECOND).press(tale.offer('B').tokens.reject, SECOND);
    expect(tale.shows('summary').paragraphs.map(words).join('\n')).toMatch(/rejected by @second/);
  });

  test('of a repair says what the fix left broken, and how to ask for more', () => {
    const text = repaired().shows('summary').paragraphs.map(words).join('\n');
    expect(text).toContain('Still there: ');
    expect(text).toContain('/netdiag ip-10-0-10-207');
  });
});

describe('a second look that fails', () => {
  test('is no closed door where netdiag has been inside before: the checks say what they miss', () => {
    const tale = asking();
    const first = i1Known(true);
    tale.look(first).answer('symptom', 'kubelet');
    expect(tale.state.looks.some(({ state }) => state === 'asked')).toBe(true);
    for (const look of tale.state.looks.filter(({ state }) => state === 'asked')) {
      tale.take({
        is: 'surveyed',
        role: look.role,
        node: look.node,
        answers: [],
        door: null,
        closedDoors: [{ door: DOOR, because: 'connection timed out' }],
        identity: null,
        failure: { gap: 'timed-out', sentence: `${look.node} did not answer any more.` },
        ms: 1,
      });
    }
    expect(tale.state.findings.map(({ code }) => code)).not.toContain('no-door-opens');
    expect(tale.state.unseen.map(({ detail }) => detail).join(' ')).toContain('did not answer any more');
  });
});

describe('everything that is ever shown', () => {
  /** Every run of text in a message, wherever it stands. */
  function spans(value: unknown): readonly string[] {
    if (Array.isArray(value)) return value.flatMap(spans);
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, member]) =>
      ['text', 'strong', 'code'].includes(key) && typeof member === 'string' ? [member] : spans(member),
    );
  }
  const messages = (tale: Tale): readonly Message[] =>
    tale.transitions.flatMap(({ state }) => Object.values(state.telling).map(({ message }) => message));
  const TALES: readonly (readonly [string, () => Tale])[] = [
    ['a repair', repaired],
    ['a rollback', () => changing().changed('applied').verified(false).settled('rolled-back', ['-a'])],
    ['a healthy node', () => counting(undefined, i1Known(false, 'eth0')).watch(counted('answered'))],
    ['a silent node', () => counting(undefined, silent(i1Known(true)))],
    ['a repair by the API server', () => mended()],
    [
      'a Kubernetes plan that is taken back',
      () =>
        doing(stepped(stepped(prepared(stepped(prepared(begun()))), { outcome: 'failed', detail: 'Never Ready.' }))),
    ],
    [
      'one of which something stays',
      () =>
        doing(stepped(stepped(prepared(begun()), { outcome: 'failed', detail: 'Not known.' }), { outcome: 'failed' })),
    ],
    ['one without undo', () => stepped(prepared(begun(clusterHouse(RESTART))), { outcome: 'failed', detail: 'No.' })],
    ['one that the API server would refuse', () => rehearsed(proposing(clusterHouse()), [], 'It may not be patched.')],
    ['a repair in steps, on its way', () => rehearsed(again(doing(begun(clusterHouse(...STAGES))), false, reached(1)))],
    [
      'a repair that is made lasting',
      () => {
        const tale = mended();
        return tale.press(tale.offer('B').tokens.offer, SECOND);
      },
    ],
    ['a cluster that says no', () => new Tale().open().take({ is: 'locate-failed', sentence: 'No.', suggestions: [] })],
  ];

  test.each(TALES)('has no empty run of text: %s', (_, tell) => {
    expect(
      messages(tell())
        .flatMap(spans)
        .filter((text) => text === ''),
    ).toEqual([]);
  });

  test.each(TALES)('steps have ids of their own, and a label each: %s', (_, tell) => {
    for (const message of messages(tell())) {
      const list: readonly Step[] = message.is === 'live' ? message.steps : [];
      expect(new Set(list.map(({ id }) => id)).size).toBe(list.length);
      expect(list.every(({ label }) => words(label) !== '')).toBe(true);
    }
  });

  test.each(TALES)('is asked for once per revision, in rising order: %s', (_, tell) => {
    const shown = new Map<string, number>();
    for (const effect of tell().effects) {
      if (effect.do !== 'show') continue;
      expect(effect.revision).toBeGreaterThan(shown.get(effect.slot) ?? 0);
      shown.set(effect.slot, effect.revision);
    }
    expect(shown.has('live')).toBe(true);
  });

  test.each(TALES)('troubles and statements are sentences: %s', (_, tell) => {
    const { troubles, findings, offers } = tell().state;
    const sentences = [
      ...troubles,
      ...findings.map(({ statement }) => statement),
      ...findings.flatMap(({ residue, proof }) => [...residue, ...(proof === undefined ? [] : [proof])]),
      ...offers.flatMap(({ plan }) => [plan.safety, ...plan.durable]),
    ];
    for (const sentence of sentences) expect(sentence).toMatch(/^["A-Za-z].*\.$/s);
  });

  test('nothing is shown in the thread before there is one', () => {
    const tale = new Tale().open();
    expect(tale.effects.flatMap((effect) => (effect.do === 'show' ? [effect.slot] : []))).toEqual(['live']);
  });
});
