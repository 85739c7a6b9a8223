import { describe, expect, test } from 'vitest';
import { inverseOf, leftBehind } from '../../../src/incident/change/inverse.ts';
import type { LookedBack } from '../../../src/model/index.ts';
import { ON_CALL, SECOND, THIRD } from '../../fake/house.ts';
import {
  begun,
  clusterHouse,
  LAST,
  LOCAL,
  mended,
  patch,
  podDelete,
  rehearsed,
  RESTART,
  ROLL,
  steps,
} from '../cluster-tale.ts';
import { DOOR, repaired, type Tale } from '../tale.ts';

const IDENTITY = { name: 'ip-10-0-10-207', machineId: 'machine-ip-10-0-10-207', bootId: 'boot-1', hostKey: 'SHA256:k' };

function button(tale: Tale, label: string | RegExp): string {
  const found = tale.shows('summary').buttons?.find((one) => one.label.match(label) !== null);
  if (found === undefined) throw new RangeError(`no button ${String(label)}`);
  return found.token;
}

function labels(tale: Tale): readonly string[] {
  return tale.shows('summary').buttons?.map(({ label }) => label) ?? [];
}

/** What the summary says, without markup. */
function told(tale: Tale): string {
  return tale
    .shows('summary')
    .paragraphs.map((rich) =>
      rich
        .map((span) =>
          'text' in span
            ? span.text
            : 'strong' in span
              ? span.strong
              : 'code' in span
                ? span.code
                : `@${span.person.name}`,
        )
        .join(''),
    )
    .join('\n');
}

/** What the look at the fix says: nothing is against the undo, or everything is as before the fix. */
function looked(tale: Tale, change: Partial<LookedBack> = {}): Tale {
  const deed = tale.effects.findLast((effect) => effect.do === 'look-back');
  if (deed === undefined) throw new RangeError('nobody looks back');
  const { plan, undo, applied } = deed;
  return tale.take({
    is: 'looked-back',
    plan: plan.id,
    undo,
    applied,
    door: DOOR,
    identity: IDENTITY,
    said: plan.preconditions.map(({ stdout }) => (applied ? stdout : `now, not ${stdout}`)),
    generations: { 'aws-node': 5 },
    rehearsal: applied ? plan.rehearsal : plan.rehearsal.filter((line) => !/^[-+]/.test(line)),
    ...change,
  });
}

/** Somebody wants the repair of the node undone. */
function asked(tale: Tale = repaired(), by = ON_CALL): Tale {
  return tale.press(button(tale, 'Undo'), by);
}

function approved(tale: Tale, by = SECOND): Tale {
  const waiting = tale.state.offers.find(({ state }) => state === 'waiting');
  return tale.press(waiting?.tokens.approve ?? '', by);
}

describe('the undo of a repair', () => {
  test('is a button of its summary, and nothing happens before the world was looked at', () => {
    const tale = repaired();
    expect(labels(tale)).toContain('Undo the repair…');
    asked(tale);
    expect(tale.state.life).toBe('proposing');
    expect(tale.wanted.map((effect) => effect.do)).toContain('look-back');
    expect(tale.state.offers.some(({ state }) => state === 'waiting')).toBe(false);
  });

  test('is a plan of its own: the undo of the fix, its steps as undo, and what is so now as preconditions', () => {
    const tale = looked(asked());
    const fix = tale.offer('A').plan;
    const { plan, state } = tale.state.offers.at(-1) ?? tale.offer('A');
    expect(state).toBe('waiting');
    expect(plan).toMatchObject({
      undoes: fix.id,
      steps: fix.undo,
      undo: fix.steps,
      preconditions: fix.preconditions.map(({ argv, stdout }) => ({ argv, stdout: `now, not ${stdout}` })),
      doors: { closes: fix.doors.opens, opens: fix.doors.closes },
      rollbackSeconds: fix.rollbackSeconds,
      title: `undo Fix A: ${fix.title}`,
    });
    expect(plan.id).not.toBe(fix.id);
    expect(plan.doors.confirmThrough).toEqual(['10.0.10.190']);
  });

  test('needs somebody else than who asked for it', () => {
    const tale = looked(asked(repaired(), THIRD));
    expect(approved(tale, THIRD).whispered).toContain('someone else has to approve');
    expect(approved(tale, SECOND).state.life).toBe('changing');
  });

  test('is applied, looked at through a door of before, confirmed, and told with who did it', () => {
    const tale = approved(looked(asked(repaired(), THIRD)));
    tale.changed('applied');
    expect(tale.wanted.find((effect) => effect.do === 'look-back')).toMatchObject({
      applied: true,
      through: tale.state.offers.at(-1)?.plan.doors.confirmThrough,
    });
    looked(tale);
    expect(tale.wanted.find((effect) => effect.do === 'settle')).toMatchObject({ verb: 'confirm' });
    tale.settled('confirmed');
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'undone', change: null });
    expect(tale.state.past[0]?.undone).toMatchObject({ asked: THIRD, approved: SECOND, difference: [] });
    expect(told(tale)).toMatch(
      /Undone: Fix A, .*, asked for by @third, approved by @second\. Nothing differs from before it\./,
    );
    expect(labels(tale)).toEqual(['Look again', 'Copy as Markdown']);
    expect(tale.shows('live').title).toEqual([{ text: 'The repair was undone' }]);
  });

  test('whose lookups say something else than before the fix is taken back by the node, and the repair stays', () => {
    const tale = approved(looked(asked())).changed('applied');
    looked(tale, { said: ['something else\n', 'more\n'] });
    expect(tale.wanted.find((effect) => effect.do === 'settle')).toMatchObject({ verb: 'roll-back' });
    tale.settled('rolled-back');
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'repaired' });
    expect(tale.state.past[0]?.undone).toBeUndefined();
    expect(labels(tale)).toContain('Undo the repair…');
  });

  test('after which no new connection opens is left to the node', () => {
    const tale = approved(looked(asked())).changed('applied');
    looked(tale, { door: null, said: [], failure: 'No SSH door opened.' });
    expect(tale.wanted.find((effect) => effect.do === 'settle')).toMatchObject({ verb: 'await' });
  });

  test('that somebody stops is taken back', () => {
    const tale = approved(looked(asked())).changed('applied');
    const stop = tale.shows('live').buttons?.[0]?.token ?? '';
    looked(tale.press(stop, SECOND));
    expect(tale.wanted.find((effect) => effect.do === 'settle')).toMatchObject({ verb: 'roll-back' });
  });

  test.each<[string, Partial<LookedBack>, string]>([
    ['a node that does not answer', { failure: 'No SSH door opened.', said: [] }, 'No SSH door opened.'],
    ['a lookup that could not be read', { said: [null, null] }, 'could not be read'],
    ['another machine', { identity: { ...IDENTITY, machineId: 'other' } }, 'is another machine'],
  ])('%s: it is not offered, nothing was changed, and the repair stays', (_, change, sentence) => {
    const tale = looked(asked(), change);
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'repaired' });
    expect(tale.state.troubles.at(-1)).toContain(sentence);
    expect(tale.effects.filter((effect) => effect.do === 'change')).toHaveLength(1);
  });

  test('what is as before already is not undone', () => {
    const tale = asked();
    const { preconditions } = tale.offer('A').plan;
    looked(tale, { said: preconditions.map(({ stdout }) => stdout) });
    expect(tale.state.troubles.at(-1)).toContain('it is as before the fix already');
    expect(tale.state.life).toBe('closed');
  });

  test('rejected or expired leaves the repair, and can be asked for again', () => {
    const tale = looked(asked());
    tale.press(tale.state.offers.at(-1)?.tokens.reject ?? '', SECOND);
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'repaired' });
    looked(asked(tale));
    expect(tale.state.life).toBe('proposing');
    tale.now += 3_600_000;
    tale.take({ is: 'woken', name: 'x' });
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'repaired' });
  });

  test('of what differs since is told line by line', () => {
    const tale = repaired();
    const change = tale.state.change;
    const whole = {
      ...tale.state,
      change:
        change === null
          ? null
          : { ...change, entry: change.entry === null ? null : { ...change.entry, difference: ['-a', '+b'] } },
    };
    tale.transitions.push({ state: whole, effects: [], audit: [] });
    approved(looked(asked(tale))).changed('applied');
    looked(tale).settled('confirmed', ['+a', '-b', '+new']);
    expect(tale.state.past[0]?.undone?.difference).toEqual(['+new']);
    expect(told(tale)).toContain("One line of the node's state differs from before it: +new");
  });

  test('goes from the last change to the first: the lasting form, then the repair', () => {
    const tale = repaired(clusterHouse(LOCAL, LAST));
    tale.press(button(tale, 'Make it last'), ON_CALL);
    approved(tale).changed('applied').verified(true).settled('confirmed');
    expect(labels(tale)).toEqual(['Undo Fix B…', 'Look again', 'Copy as Markdown']);
    approved(looked(asked(tale))).changed('applied');
    looked(tale).settled('confirmed');
    expect(tale.state.outcome).toBe('repaired');
    expect(labels(tale)).toContain('Undo the repair…');
    approved(looked(asked(tale))).changed('applied');
    looked(tale).settled('confirmed');
    expect(tale.state.outcome).toBe('undone');
  });
});

describe('the undo of a change of the cluster', () => {
  test('patches the object as it is now, restarts the pod again, and looks whether the object is as before', () => {
    const tale = looked(asked(mended()));
    rehearsed(tale, ['DaemonSet kube-system/aws-node', '-says: set it']);
    const { plan } = tale.state.offers.at(-1) ?? tale.offer('A');
    expect(plan.steps).toMatchObject([
      { kind: 'kubernetes-patch', says: 'set it back', object: { generation: 5 } },
      { kind: 'pod-delete', uid: null },
    ]);
    expect(plan.undo).toMatchObject([{ says: 'set it' }, { kind: 'pod-delete', uid: null }]);
    steps(approved(tale));
    expect(tale.state.life).toBe('verifying');
    looked(tale);
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'undone' });
    expect(told(tale)).toContain('Undone: Fix A');
  });

  test('is taken back where the object is not as before', () => {
    const tale = looked(asked(mended()));
    steps(approved(rehearsed(tale, ['DaemonSet kube-system/aws-node', '-says: set it'])));
    looked(tale, { rehearsal: ['DaemonSet kube-system/aws-node', '+says: another'] });
    expect(tale.state.life).toBe('settling');
    steps(tale);
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'repaired' });
    expect(tale.state.troubles.join()).toContain('The undo of Fix A did not do what it should');
  });

  test('is not offered where somebody else has changed the object since', () => {
    const tale = looked(asked(mended()), { rehearsal: ['DaemonSet kube-system/aws-node', '+says: set it'] });
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'repaired' });
    expect(tale.state.troubles.at(-1)).toContain('somebody has changed it since (+says: set it)');
  });

  test('is no button where nothing undoes it exactly, and the summary says why', () => {
    const tale = mended(clusterHouse(RESTART));
    expect(labels(tale)).toEqual(['Look again', 'Copy as Markdown']);
    expect(told(tale)).toContain(
      'No undo: Fix A cannot be undone exactly: it restarted a pod of DaemonSet/aws-node, and that has no opposite.',
    );
  });
});

describe('what undoes a plan', () => {
  const plan = begun(clusterHouse(ROLL)).offer().plan;

  test('of the cluster, only where every restart is made again', () => {
    expect(inverseOf(plan)).toMatchObject({ steps: plan.undo });
    expect(inverseOf({ ...plan, undo: [patch('set it back')] })).toHaveProperty('inexact');
    expect(inverseOf({ ...plan, steps: [patch('x')], undo: [patch('y')] })).not.toHaveProperty('inexact');
    const workload = { ...podDelete('p'), owner: 'ReplicaSet/web' };
    expect(inverseOf({ ...plan, steps: [patch('x'), workload] })).toMatchObject({
      inexact: 'a deleted pod stays gone, and its owner has made another one',
    });
  });

  test('of a file holds its text, so that what people wrote into it since is not lost', () => {
    const argv = ['install', '-D', '-m', '0644', '/dev/stdin', '/etc/sysctl.d/x.conf'];
    const step = { kind: 'node-command', node: 'n', argv, stdin: 'a = 1\n' } as const;
    expect(leftBehind({ ...plan, steps: [step] })).toEqual([
      { argv: ['cat', '/etc/sysctl.d/x.conf'], stdout: 'a = 1\n' },
    ]);
    expect(leftBehind({ ...plan, steps: [{ ...step, argv: ['sysctl', '-w', 'a=1'] }] })).toEqual([]);
  });
});
