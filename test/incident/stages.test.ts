import { describe, expect, test } from 'vitest';
import type { Rich } from '../../src/model/index.ts';
import { SECOND } from '../fake/house.ts';
import { counted } from '../fake/scene.ts';
import {
  again,
  approve,
  begun,
  clusterHouse,
  LOCAL,
  offered,
  reached,
  rehearsed,
  STAGES,
  SICK,
  stepped,
  steps,
  woken,
} from './cluster-tale.ts';
import { i1Known } from './tale.ts';
import type { Tale } from './tale.ts';

const OUTSIDE = 'outside-reply-leaves-other-interface';

const words = (rich: Rich): string =>
  rich
    .map((span) => ('text' in span ? span.text : 'strong' in span ? span.strong : 'code' in span ? span.code : ''))
    .join('');
const headline = (tale: Tale): string => words(tale.shows('summary').headline);
const house = () => clusterHouse(...STAGES);
const waiting = (tale: Tale) => tale.state.offers.filter(({ state }) => state === 'waiting');
const silent = { is: 'locate-failed', sentence: 'The API server is silent.', suggestions: [] } as const;

/** Step 1 of 3 is done, and step 2 waits for its approval. */
function second(): Tale {
  return rehearsed(again(steps(begun(house())), false, reached(1)));
}

/** Step 2 is done as well. */
function third(): Tale {
  return rehearsed(again(steps(approve(second())), false, reached(2)));
}

describe('a repair in three approved steps', () => {
  test('begins with the first one alone', () => {
    const tale = offered(house());
    expect(waiting(tale).map(({ plan }) => plan.stage)).toEqual([{ at: 1, of: 3 }]);
    expect(tale.state.offers).toHaveLength(1);
    expect(tale.state.troubles).toEqual([]);
  });

  test('each step is verified by what the next look drafts, and leads to the next one', () => {
    const tale = second();
    expect(tale.state.past).toMatchObject([{ entry: { state: 'confirmed' }, verified: true }]);
    expect(tale.state).toMatchObject({ life: 'proposing', change: null, outcome: null });
    expect(waiting(tale).map(({ plan }) => plan.title)).toEqual(['step 2']);
    expect(waiting(third()).map(({ plan }) => plan.title)).toEqual(['step 3']);
  });

  test('each next one stands on captures of its own, which come into the thread', () => {
    const tale = steps(begun(house())).locate(reached(1)).look(SICK);
    const capture = {
      point: { role: 'subject', device: 'eth1', node: 'ip-10-0-10-207' },
      packets: 7,
      output: 'e'.repeat(64),
      file: 'capture-eth1.pcap',
      flows: 1,
    } as const;
    const watched = counted('answered-elsewhere');
    tale.take({ is: 'watched', watched: { ...watched, captures: [capture] } }).look(SICK);
    expect(tale.effects.findLast((effect) => effect.do === 'attach')).toMatchObject({
      files: [{ output: capture.output }],
    });
  });

  test('only the last one mends: then it is a repair, the other nodes are asked, and all three are told', () => {
    const tale = again(steps(approve(third())), true, reached(3));
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'repaired' });
    expect(tale.effects.filter((effect) => effect.do === 'sweep')).toHaveLength(1);
    const said = tale.shows('summary').paragraphs.map(words).join('\n');
    for (const step of ['step 1', 'step 2', 'step 3']) expect(said).toContain(`${step}, approved by `);
    expect(said.match(/^(Cause|Fix)[^:]*: /gm), 'one cause, and its steps in order').toEqual([
      'Cause: ',
      'Fix A, step 1 of 3: ',
      'Fix B, step 2 of 3: ',
      'Fix C, step 3 of 3: ',
    ]);
    expect(tale.effects.filter((effect) => effect.do === 'cluster-step')).toHaveLength(3);
  });

  test('who did a step before does not matter: what is done already is never offered', () => {
    const tale = again(steps(begun(house())), false, reached(2));
    expect(waiting(rehearsed(tale)).map(({ plan }) => plan.title)).toEqual(['step 3']);
  });

  test('a step that shows no effect is taken back, alone', () => {
    const tale = steps(approve(second()));
    for (let round = 0; round < 4; round += 1) again(round === 0 ? tale : woken(tale), false, reached(1));
    expect(tale.change.seen).toContain('It is not as the fix should have made it');
    steps(stepped(tale));
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'rolled-back' });
    expect(tale.state.past).toHaveLength(1);
    expect(tale.effects.filter((effect) => effect.do === 'sweep')).toEqual([]);
  });

  test('a step that leaves the fault in another form is taken back', () => {
    const wide = STAGES.map((one) => ({ ...one, fixes: [...one.fixes, OUTSIDE] }));
    const tale = steps(approve(rehearsed(again(steps(begun(clusterHouse(...wide))), false, reached(1)))));
    const known = i1Known(false);
    for (let round = 0; round < 4; round += 1)
      (round === 0 ? tale : woken(tale)).locate(reached(1)).look(known).watch(counted('answered-elsewhere'), known);
    expect(tale.state.change?.seen).toContain('It is not as the fix should have made it');
    expect(tale.state.life).toBe('settling');
  });

  test('a step whose effect nobody could see is never called done', () => {
    const tale = steps(begun(house()));
    tale.take(silent);
    for (let round = 1; round < 4; round += 1) woken(tale).take(silent);
    expect(tale.change).toMatchObject({ verified: false });
    expect(tale.state.life).toBe('settling');
  });

  test('a remediation that netdiag knows no more verifies nothing', () => {
    const tale = steps(begun(house()));
    Object.assign(tale, { house: clusterHouse(LOCAL) });
    for (let round = 0; round < 4; round += 1) again(round === 0 ? tale : woken(tale), false, reached(1));
    expect(tale.change).toMatchObject({ verified: false });
    expect(tale.state.life).toBe('settling');
  });

  test('rejecting the second one ends it, and nobody says that nothing was changed', () => {
    const tale = second();
    tale.press(tale.offer('B').tokens.reject, SECOND, 'not today');
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'advice' });
    expect(headline(tale)).not.toContain('nothing was changed');
    expect(headline(tale)).toContain('some of the approved steps were done');
    expect(words(tale.shows('live').title)).not.toContain('nothing was changed');
    expect(tale.effects.filter((effect) => effect.do === 'sweep')).toEqual([]);
  });

  test('its expiry does the same', () => {
    const tale = second();
    const { plan } = tale.offer('B');
    tale.now = plan.expiresAt;
    tale.take({ is: 'woken', name: `expiry ${plan.id}` });
    expect(headline(tale)).toContain('some of the approved steps were done');
  });

  test('a second one that the API server would refuse does the same', () => {
    const tale = rehearsed(again(steps(begun(house())), false, reached(1)), [], 'No.');
    expect(tale.state.outcome).toBe('advice');
    expect(headline(tale)).toContain('some of the approved steps were done');
  });

  test('a playbook that is changed between two steps stops it, and says what stays', () => {
    const tale = second();
    const changed = new Map(
      [...tale.house.playbooks].map(([id, known]) => [id, { ...known, playbook: { ...known.playbook, digest: 'x' } }]),
    );
    tale.take({ is: 'woken', name: 'x' }, { ...tale.house, playbooks: changed });
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'aborted' });
    expect(tale.state.troubles.join(' ')).toContain('What was approved and done before stays.');
    expect(headline(tale)).not.toContain('not known');
  });

  test('a world that is well after a step on the way is well, and not a cause without a fix', () => {
    const tale = again(steps(begun(house())), true, reached(1));
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'nothing-found' });
    expect(headline(tale)).toContain('what was done stays');
  });
});
