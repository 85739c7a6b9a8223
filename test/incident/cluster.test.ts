import { describe, expect, test } from 'vitest';
import { sha256 } from '../../src/model/hash.ts';
import { canonical } from '../../src/model/json.ts';
import type { KubernetesPatch, PlanStep, Rich } from '../../src/model/index.ts';
import type { Draft } from '../../src/remediation/remediation.ts';
import { SECOND } from '../fake/house.ts';
import { counted, I1 } from '../fake/scene.ts';
import {
  again,
  approve,
  begun,
  CAUSE,
  clusterHouse,
  DIGEST,
  HEALTHY,
  LOCAL,
  mended,
  patch,
  podDelete,
  prepared,
  rehearsed,
  RESTART,
  ROLL,
  stepped,
  steps,
  woken,
} from './cluster-tale.ts';
import { proposing, type Tale } from './tale.ts';

const words = (rich: Rich): string =>
  rich
    .map((span) => ('text' in span ? span.text : 'strong' in span ? span.strong : 'code' in span ? span.code : ''))
    .join('');
const deeds = (tale: Tale): readonly string[] =>
  tale.wanted.flatMap((effect) =>
    effect.do === 'prepare' || effect.do === 'cluster-step' ? [`${effect.do} ${effect.list} ${effect.nth}`] : [],
  );
const all = (tale: Tale): readonly string[] =>
  tale.effects.flatMap((effect) => (effect.do === 'cluster-step' ? [`${effect.list} ${effect.nth}`] : []));
const headline = (tale: Tale): string => words(tale.shows('summary').headline);
const live = (tale: Tale): string => words(tale.shows('live').title);
const liveSteps = (tale: Tale): readonly string[] => tale.shows('live').steps.map(({ id, state }) => `${id} ${state}`);

describe('a plan with patches', () => {
  test('is rehearsed by the API server before anybody sees it', () => {
    const tale = proposing(clusterHouse());
    expect(tale.offer().state).toBe('rehearsing');
    expect(tale.wanted.filter((effect) => effect.do === 'rehearse')).toHaveLength(1);
    expect(tale.state.telling[`approval ${tale.offer().plan.id}`]).toBeUndefined();
    expect(tale.wanted.some((effect) => effect.do === 'wake')).toBe(false);
    rehearsed(tale);
    expect(tale.offer()).toMatchObject({ state: 'waiting', plan: { rehearsal: ['+says: set it'] } });
    expect(tale.shows('approval', `approval ${tale.offer().plan.id}`).buttons.length).toBeGreaterThan(0);
  });

  test('cannot be approved while it is rehearsed', () => {
    const tale = proposing(clusterHouse());
    expect(tale.press(tale.offer().tokens.approve, SECOND).whispered).toContain('not on offer');
    expect(all(tale)).toEqual([]);
  });

  test('is approved together with what the API server said: another answer is another hash', () => {
    const [one, other] = [['+a: 1'], ['+a: 2']].map((said) => rehearsed(proposing(clusterHouse()), said).offer());
    expect(one?.hash).toBe(sha256(canonical(one?.plan)));
    expect(one?.plan.id).toBe(other?.plan.id);
    expect(one?.hash).not.toBe(other?.hash);
  });

  test('is rehearsed once: a second answer changes nothing', () => {
    const tale = rehearsed(proposing(clusterHouse()), ['+a: 1']);
    const before = tale.offer();
    expect(rehearsed(tale, ['+a: 2']).offer()).toEqual(before);
    rehearsed(tale, [], 'No.');
    expect(tale.offer()).toEqual(before);
  });

  test('that the API server refuses gives way to the next one, and says why', () => {
    const tale = rehearsed(proposing(clusterHouse(ROLL, LOCAL)), [], 'admission webhook denied it.');
    expect(tale.offer('A').state).toBe('superseded');
    expect(tale.offer('B').state).toBe('waiting');
    expect(tale.state.troubles.join(' ')).toContain(
      'Fix A (set it anew) cannot be offered: admission webhook denied it.',
    );
  });

  test('that the API server refuses ends with the cause alone where there is no other', () => {
    const tale = rehearsed(proposing(clusterHouse()), [], 'admission webhook denied it.');
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'advice', change: null });
    expect(headline(tale)).toContain('nothing was changed');
  });

  test('of pods alone needs no rehearsal', () => {
    expect(proposing(clusterHouse(RESTART)).offer().state).toBe('waiting');
  });

  test('that is still being rehearsed when another one is approved never waits again', () => {
    const tale = proposing(clusterHouse(LOCAL, ROLL));
    tale.press(tale.offer('B').tokens.offer, SECOND);
    expect(tale.offer('B').state).toBe('rehearsing');
    tale.press(tale.offer('A').tokens.approve, SECOND);
    expect(tale.offer('B').state).toBe('superseded');
    expect(rehearsed(tale).offer('B').state).toBe('superseded');
  });
});

describe('the steps of an approved plan', () => {
  test('are prepared and done one after the other, each with the approval of this very hash', () => {
    const tale = begun();
    expect(deeds(tale)).toEqual(['prepare apply 0']);
    expect(deeds(prepared(tale))).toEqual(['cluster-step apply 0']);
    expect(deeds(stepped(tale))).toEqual(['prepare apply 1']);
    expect(deeds(prepared(tale, { there: ['old', 'other'], before: null }))).toEqual(['cluster-step apply 1']);
    const step = tale.wanted.find((effect) => effect.do === 'cluster-step');
    expect(step).toMatchObject({ there: ['old', 'other'], before: DIGEST, approval: { planHash: tale.offer().hash } });
    stepped(tale, { difference: [] });
    expect(deeds(tale)).toEqual([]);
    expect(tale.wanted).toContainEqual(expect.objectContaining({ do: 'locate' }));
    expect(all(tale)).toEqual(['apply 0', 'apply 1']);
  });

  test('a patch after the first step needs nothing prepared', () => {
    const twice = { ...ROLL, draft: twoPatches };
    const tale = stepped(prepared(begun(clusterHouse(twice))));
    expect(deeds(tale)).toEqual(['cluster-step apply 1']);
  });

  test.each<[string, (tale: Tale) => Tale]>([
    ['told twice', (tale) => stepped(tale, { nth: 0 })],
    ['told before its time', (tale) => stepped(tale, { nth: 1 })],
    ['of the other list', (tale) => stepped(tale, { list: 'undo', nth: 1 })],
    ['of another plan', (tale) => stepped(tale, { plan: 'f'.repeat(32) })],
    ['that failed, told twice', (tale) => stepped(tale, { nth: 0, outcome: 'failed' })],
    ['prepared late', (tale) => prepared(tale, { nth: 0 })],
    ['prepared for another plan', (tale) => prepared(tale, { plan: 'f'.repeat(32) })],
  ])('a step %s changes nothing', (_, late) => {
    const tale = stepped(prepared(begun()));
    const { change } = tale.state;
    late(tale);
    expect(tale.state.change).toEqual(change);
    expect(deeds(tale)).toEqual([]);
  });

  test('a preparation told twice asks for the step once', () => {
    const tale = prepared(begun());
    expect(deeds(prepared(tale, { there: ['successor'] }))).toEqual([]);
    expect(tale.change.cluster?.there).toEqual(['old']);
  });

  test('what the node would tell of a change of its own means nothing here', () => {
    const tale = prepared(begun());
    const { state } = tale;
    tale.changed('applied').changed('failed', 'no').settled('confirmed');
    tale.take({ is: 'change-unknown', plan: tale.change.plan, sentence: 'Lost.' });
    expect(tale.state.change).toEqual(state.change);
    expect(tale.state.life).toBe('changing');
  });
});

function elsewhere(): KubernetesPatch {
  const step = patch('else');
  return { ...step, object: { ...step.object, name: 'other' } };
}

const twoPatches: (typeof ROLL)['draft'] = (finding, scene) => {
  const draft = ROLL.draft(finding, scene);
  return 'steps' in draft ? { ...draft, steps: [...draft.steps.slice(0, 1), elsewhere()] } : draft;
};

describe('a first step that is refused', () => {
  test.each<[string, (tale: Tale) => Tale]>([
    ['before it began', (tale) => prepared(tale, { refusal: 'It restarted or is another machine.' })],
    ['by the API server', (tale) => stepped(prepared(tale), { outcome: 'refused', detail: 'It was changed since.' })],
  ])('T21: %s: nothing was changed, and a fresh look makes a new plan', (_, refuse) => {
    const tale = refuse(begun());
    expect(tale.state).toMatchObject({ life: 'opened', change: null, findings: [], answers: {} });
    expect(tale.state.troubles.join(' ')).toMatch(/was not started, and nothing was changed/);
    const [old] = tale.state.offers;
    again(tale, false);
    rehearsed(tale);
    const fresh = tale.offer('B');
    expect(fresh).toMatchObject({ state: 'waiting' });
    expect(fresh.plan.id).not.toBe(old?.plan.id);
    expect(tale.press(old?.tokens.approve ?? '', SECOND).whispered).toContain('not on offer');
    expect(deeds(approve(tale))).toEqual(['prepare apply 0']);
  });

  test('and a world that is well by then ends with nothing found', () => {
    const tale = again(stepped(prepared(begun()), { outcome: 'refused', detail: 'It was changed since.' }), true);
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'nothing-found' });
  });

  test('a playbook that is gone by then ends it instead of asking for ever', () => {
    const tale = begun();
    const without = { ...tale.house, playbooks: new Map() };
    tale.take(
      { is: 'prepared', plan: tale.change.plan, list: 'apply', nth: 0, there: [], before: null, refusal: 'No.' },
      without,
    );
    tale.take({ is: 'located', bound: I1, farEnds: {}, clusterEvents: [], unseen: [] }, without);
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'aborted' });
    expect(tale.state.troubles.join(' ')).toContain('The playbook was changed');
  });
});

describe('a failure in the middle', () => {
  const failed = (): Tale =>
    stepped(prepared(stepped(prepared(begun()))), { outcome: 'failed', detail: 'Never Ready.' });

  test('takes everything back in the order of the undo, and says where it stopped', () => {
    const tale = failed();
    expect(tale.state.troubles.join(' ')).toContain('Fix A stopped at step 2 of 2: Never Ready.');
    expect(deeds(tale)).toEqual(['cluster-step undo 0']);
    expect(deeds(stepped(tale))).toEqual(['prepare undo 1']);
    expect(live(tale)).toBe('The fix is being taken back');
    expect(deeds(prepared(tale, { there: ['new'] }))).toEqual(['cluster-step undo 1']);
    stepped(tale, { difference: [] });
    expect(tale.state).toMatchObject({
      life: 'closed',
      outcome: 'rolled-back',
      change: { entry: { state: 'rolled-back' } },
    });
    expect(headline(tale)).toContain('was taken back');
    expect(liveSteps(tale).slice(-2)).toEqual(['apply failed', 'settle done']);
  });

  test('a later step that is refused is a failure too: the ones before it were done', () => {
    const tale = stepped(prepared(stepped(prepared(begun()))), { outcome: 'refused', detail: 'Another pod.' });
    expect(deeds(tale)).toEqual(['cluster-step undo 0']);
    expect(tale.state.troubles.join(' ')).not.toContain('nothing was changed');
  });

  test('a first step of which nobody knows whether it was done is taken back as well', () => {
    expect(deeds(stepped(prepared(begun()), { outcome: 'failed', detail: 'Not known.' }))).toEqual([
      'cluster-step undo 0',
    ]);
  });

  test.each(['failed', 'refused'] as const)(
    'an undo step that is %s is told, the next one goes on, and nobody says that all is back',
    (outcome) => {
      const tale = stepped(failed(), { outcome, detail: 'Somebody changed it since.' });
      expect(tale.state.troubles.join(' ')).toContain(
        'Not everything of Fix A could be taken back: Somebody changed it since.',
      );
      expect(deeds(tale)).toEqual(['prepare undo 1']);
      stepped(prepared(tale), { difference: ['+left over'] });
      expect(tale.state).toMatchObject({ life: 'closed', outcome: 'unknown', change: { entry: { state: 'failed' } } });
      expect(headline(tale)).toContain('not everything that was changed in the cluster');
      expect(live(tale)).toContain('not everything could be taken back');
      expect(liveSteps(tale).at(-1)).toBe('settle failed');
      expect(tale.shows('summary').difference).toEqual(['+left over']);
    },
  );

  test('what stays is told of without a search for a cause: that is known', () => {
    const tale = stepped(prepared(stepped(failed(), { outcome: 'failed', detail: 'Somebody changed it.' })));
    const { paragraphs, buttons } = tale.shows('summary');
    expect(paragraphs.map(words).join(' ')).toContain('Cause: ');
    expect(paragraphs.map(words).join(' ')).not.toContain('The next thing that would tell us most');
    expect(buttons?.map(({ label }) => label)).toEqual(['Look again', 'Copy as Markdown']);
  });

  test('an undo step that cannot be prepared is told, and the end comes all the same', () => {
    const tale = prepared(stepped(failed()), { refusal: 'You may not list pods.' });
    expect(tale.state.outcome).toBe('unknown');
    expect(tale.state.troubles.join(' ')).toContain('You may not list pods.');
  });

  test('a plan without undo says that nothing can be taken back', () => {
    const tale = stepped(prepared(begun(clusterHouse(RESTART))), { outcome: 'failed', detail: 'Never Ready.' });
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'unknown' });
    expect(tale.state.troubles.join(' ')).toContain('Nothing of Fix A can be taken back');
  });

  test('the thread keeps the diagnosis that led to the change', () => {
    const tale = failed();
    steps(stepped(tale));
    expect(tale.state.findings.map(({ code }) => code)).toContain(CAUSE);
    expect(tale.shows('finding').finding.code).toBe(CAUSE);
  });
});

describe('looking again after the last step', () => {
  const applied = (): Tale => steps(begun());

  test('is the whole diagnosis: the cluster, both nodes, the packets; and the thread shows the one before meanwhile', () => {
    const tale = applied();
    expect(tale.state).toMatchObject({ life: 'opened', findings: [], watched: null });
    expect(live(tale)).toBe('Looking whether the fix has helped');
    expect(JSON.stringify(tale.shows('live').steps)).not.toContain('Suspected');
    expect(tale.state.telling['finding']?.message).toMatchObject({ finding: { code: CAUSE } });
    tale.locate();
    expect(tale.wanted.filter((effect) => effect.do === 'survey')).toHaveLength(2);
    tale.look(HEALTHY);
    expect(tale.wanted.some((effect) => effect.do === 'watch')).toBe(true);
    tale.watch(counted('answered'), HEALTHY);
    expect(tale.state).toMatchObject({
      life: 'closed',
      outcome: 'repaired',
      change: { verified: true, entry: { state: 'confirmed' } },
    });
    expect(headline(tale)).toMatch(/^Repaired in \d+ s/);
  });

  test('asks the person nothing again', () => {
    const tale = mended();
    expect(tale.state.questions).toHaveLength(1);
    expect(tale.state.userAnswers).toHaveLength(1);
  });

  test('looks four times, five seconds apart, before a change that did not help is taken back', () => {
    const tale = applied();
    for (const round of [1, 2, 3]) {
      again(tale, false);
      const wake = tale.wanted.find((effect) => effect.do === 'wake');
      expect(wake, `after look ${round}`).toMatchObject({ at: tale.now + 5_000 });
      expect(deeds(tale)).toEqual([]);
      woken(tale);
      expect(tale.wanted.filter((effect) => effect.do === 'locate')).toHaveLength(1);
    }
    again(tale, false);
    expect(tale.state.troubles.join(' ')).toContain('Fix A did not do what it should: It is still so: ');
    expect(deeds(tale)).toEqual(['cluster-step undo 0']);
    steps(stepped(tale));
    expect(tale.state).toMatchObject({ outcome: 'rolled-back', change: { verified: false } });
    expect(liveSteps(tale).slice(-3)).toEqual(['apply done', 'verify failed', 'settle done']);
    expect(tale.effects.filter((effect) => effect.do === 'sweep')).toEqual([]);
    expect(tale.effects.filter((effect) => effect.do === 'locate')).toHaveLength(5);
  });

  test('a change that helps only at the third look stays', () => {
    const tale = again(woken(again(woken(again(applied(), false)), false)), true);
    expect(tale.state.outcome).toBe('repaired');
  });

  test('a wake-up that comes twice begins one look', () => {
    const tale = woken(again(applied(), false));
    const { change, life } = tale.state;
    woken(tale);
    expect(tale.wanted).toEqual([]);
    expect(tale.state).toMatchObject({ change, life });
    tale.locate();
    expect(woken(tale).state.life).toBe('diagnosing');
    expect(tale.state.looks.map(({ state }) => state)).toEqual(['asked', 'asked']);
  });

  test('a cluster that does not answer is asked again, and never called good', () => {
    const tale = applied();
    const silent = { is: 'locate-failed', sentence: 'The API server is silent.', suggestions: [] } as const;
    tale.take(silent);
    for (let round = 1; round < 4; round += 1) {
      expect(tale.state.life).toBe('opened');
      woken(tale).take(silent);
    }
    expect(deeds(tale)).toEqual(['cluster-step undo 0']);
    expect(tale.change.seen).toContain('The API server is silent.');
  });

  test.each(['7-locate', '9-survey', '11-watch'])(
    'an effect %s that never came to an end is a look that saw nothing',
    (effect) => {
      const tale = applied().take({ is: 'effect-failed', effect, sentence: 'The disk is full.' });
      expect(tale.state.outcome).toBeNull();
      expect(tale.wanted.filter((one) => one.do === 'wake')).toHaveLength(1);
      expect(again(woken(tale), true).state.outcome).toBe('repaired');
    },
  );

  test('an effect that failed while packets were under way does not keep the next look waiting for them', () => {
    const tale = applied().locate().look(HEALTHY);
    expect(tale.state.watching).toBe(true);
    tale.take({ is: 'effect-failed', effect: '30-watch', sentence: 'The disk is full.' });
    expect(again(woken(tale), true).state.outcome).toBe('repaired');
  });

  test.each(['7-survey', '7-locate', '7-watch'])(
    'a late failure of %s while it is taken back changes nothing',
    (effect) => {
      const tale = stepped(prepared(stepped(prepared(begun()))), { outcome: 'failed', detail: 'Never Ready.' });
      const { change, life } = tale.state;
      tale.take({ is: 'effect-failed', effect, sentence: 'The disk is full.' });
      expect(tale.state).toMatchObject({ change, life });
      steps(stepped(tale));
      expect(tale.take({ is: 'effect-failed', effect, sentence: 'Still.' }).state.outcome).toBe('rolled-back');
    },
  );

  test('no packets, no good word: what cannot be counted is taken back', () => {
    const tale = applied();
    for (let round = 0; round < 4; round += 1) {
      if (round > 0) woken(tale);
      tale
        .locate()
        .look(HEALTHY)
        .take({ is: 'watch-failed', gap: 'denied', sentence: 'tcpdump is not allowed.' })
        .look(HEALTHY);
    }
    expect(tale.change).toMatchObject({ verified: false });
    expect(deeds(tale)).toEqual(['cluster-step undo 0']);
  });

  test('a node that nobody can enter any more is never called good', () => {
    const tale = applied();
    for (let round = 0; round < 4; round += 1) {
      if (round > 0) woken(tale);
      tale.locate();
      for (const { role, node } of tale.state.looks)
        tale.take({
          is: 'surveyed',
          role,
          node,
          answers: [],
          door: null,
          closedDoors: [],
          identity: null,
          failure: { gap: 'unreachable', sentence: `${node} is silent.` },
          ms: 1,
        });
    }
    expect(tale.change).toMatchObject({ verified: false });
    expect(deeds(tale)).toEqual(['cluster-step undo 0']);
  });

  test('a playbook that was changed meanwhile verifies nothing: it is taken back', () => {
    const tale = applied();
    const house = clusterHouse();
    const changed = new Map(
      [...house.playbooks].map(([id, known]) => [id, { ...known, playbook: { ...known.playbook, digest: 'x' } }]),
    );
    tale.take(
      { is: 'located', bound: I1, farEnds: {}, clusterEvents: [], unseen: [] },
      { ...house, playbooks: changed },
    );
    expect(tale.state.life).toBe('settling');
    expect(tale.state.troubles.join(' ')).toContain('before Fix A was verified, so it is taken back');
    expect(steps(stepped(tale)).state.outcome).toBe('rolled-back');
  });
});

describe("the comparison of the node's own state", () => {
  const said = (tale: Tale): string => tale.shows('summary').paragraphs.map(words).join('\n');

  test('says that it equals only where it was compared', () => {
    expect(said(again(steps(begun()), true))).toContain('are as before');
    const blind = said(again(steps(begun(), { difference: null }), true));
    expect(blind).not.toContain('are as before');
    expect(blind).toContain('could not be compared');
  });

  test('lists what differs', () => {
    const tale = again(steps(begun(), { difference: ['-a', '+b'] }), true);
    expect(said(tale)).toContain('2 lines');
    expect(tale.shows('summary').difference).toEqual(['-a', '+b']);
  });
});

describe('the finding in the thread', () => {
  test('stays the cause that was mended, whatever the look after it saw', () => {
    const tale = mended();
    expect(tale.shows('finding').finding).toMatchObject({ code: CAUSE });
    expect(tale.state.findings[0]?.code).toBe(CAUSE);
  });
});

describe('a plan that would patch one object twice', () => {
  const plans = (steps: readonly PlanStep[], undo: readonly PlanStep[] = []): Tale =>
    proposing(
      clusterHouse({
        ...ROLL,
        draft: (finding, scene) => ({ ...(ROLL.draft(finding, scene) as Draft), steps, undo }),
      }),
    );

  test.each([
    ['to change it', [patch('one'), podDelete('old'), patch('two')], []],
    ['to take it back', [patch('one')], [patch('back'), elsewhere(), patch('further back')]],
  ])('%s is never offered, for the second patch would count as done', (_, steps, undo) => {
    const tale = plans(steps, undo);
    expect(tale.state).toMatchObject({ offers: [], outcome: 'advice' });
    expect(tale.state.troubles.join(' ')).toContain('DaemonSet kube-system/aws-node would be patched twice');
  });

  test('is not one that patches each of two once', () => {
    expect(plans([patch('one'), elsewhere()], [elsewhere(), patch('back')]).state.offers).toHaveLength(1);
  });
});
