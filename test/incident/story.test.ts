import { describe, expect, test } from 'vitest';
import { canonical } from '../../src/model/json.ts';
import { sha256 } from '../../src/model/hash.ts';
import { KUBELET, ON_CALL, PODS, SECOND, smallHouse, STRANGER, THIRD } from '../fake/house.ts';
import { boundNode, counted, I1 } from '../fake/scene.ts';
import { asking, changing, counting, DOOR, i1Known, proposing, questionsOf, repaired, silent, Tale } from './tale.ts';

describe('the story of I1', () => {
  test('begins with the question and the search for the node at once', () => {
    const tale = new Tale().open();
    expect(tale.state.life).toBe('opened');
    expect(tale.shows('question', 'question symptom').choices.map(({ label }) => label)).toEqual([
      'kubectl logs fails',
      'Pods unreachable',
    ]);
    expect(tale.wanted.map((effect) => effect.do)).toContain('locate');
    expect(tale.wanted.filter((effect) => effect.do === 'show')).toMatchObject([{ slot: 'live' }]);
  });

  test('puts everything else into the thread once the live message has made it', () => {
    const tale = new Tale().open().thread();
    expect(tale.state.place.thread).toBe('C1/1.1');
    expect(tale.wanted).toMatchObject([{ do: 'show', slot: 'question symptom' }]);
  });

  test('looks at the node and at its peer without waiting for an answer', () => {
    const tale = asking();
    expect(tale.wanted.filter((effect) => effect.do === 'survey')).toMatchObject([
      { role: 'subject', node: 'ip-10-0-10-207' },
      { role: 'peer', node: 'ip-10-0-10-115' },
    ]);
    expect(questionsOf(tale.wanted)).toContain('subject ip-addr');
  });

  test('asks nothing twice, in at most one look and three rounds', () => {
    const tale = counting();
    const asked = questionsOf(tale.effects);
    expect(new Set(asked).size).toBe(asked.length);
    expect(tale.effects.filter((effect) => effect.do === 'survey' && effect.role === 'subject').length).toBeLessThan(5);
  });

  test('waits for the symptom when the nodes have answered first', () => {
    const tale = asking().look(i1Known(true));
    expect(tale.state.watching).toBe(false);
    tale.answer('symptom', 'kubelet').look(i1Known(true));
    expect(tale.state.watching).toBe(true);
  });

  test('sends marked packets from the far end and watches both interfaces at once', () => {
    expect(counting().wanted.find((effect) => effect.do === 'watch')).toMatchObject({
      stimulus: { stimulus: 'tcp-syn', from: 'farEnd', to: '10.0.10.207', port: 10250 },
      watch: { points: [{ device: 'eth0' }, { device: 'eth1' }] },
    });
  });

  test('finds the cause, proven, and offers the fix that mends it', () => {
    const tale = proposing();
    expect(tale.state.findings[0]).toMatchObject({ code: 'reply-leaves-other-interface', confidence: 'proven' });
    expect(tale.offer('A')).toMatchObject({ state: 'waiting', plan: { remediation: 'delete-connected-route' } });
    expect(tale.offer('B')).toMatchObject({ state: 'drafted', plan: { remediation: 'route-by-source-address' } });
  });

  test('says beforehand what Fix A leaves broken, and that Fix B covers it', () => {
    const [finding] = proposing().state.findings;
    expect(finding?.residue.join(' ')).toContain('outside the node');
    expect(finding?.residue.join(' ')).toContain('Fix B covers both');
  });

  test('the plan says which node, until when, what must be so, and hashes to what is approved', () => {
    const tale = proposing();
    const { plan, hash } = tale.offer();
    expect(hash).toBe(sha256(canonical(plan)));
    expect(plan).toMatchObject({
      incident: 'incident-1',
      node: { name: 'ip-10-0-10-207', bootId: 'boot-1', hostKey: 'SHA256:k' },
      expiresAt: tale.now + 900_000,
      doors: { closes: ['10.0.10.190'], opens: ['10.0.10.207'], confirmThrough: ['10.0.10.207'] },
      playbook: { id: 'kubelet' },
    });
    expect(plan.preconditions.length).toBeGreaterThan(0);
    expect(tale.wanted).toContainEqual(
      expect.objectContaining({ do: 'wake', name: `expiry ${plan.id}`, at: plan.expiresAt }),
    );
  });

  test('an approval makes exactly one change, of exactly that plan', () => {
    const tale = changing();
    const changes = tale.effects.filter((effect) => effect.do === 'change');
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({
      plan: { id: tale.offer().plan.id },
      approval: { planHash: tale.offer().hash, consents: [{ by: SECOND, at: tale.now }] },
    });
    expect(tale.state.life).toBe('changing');
    expect(tale.offer('B').state).toBe('superseded');
  });

  test('what was applied is looked at again through a door that must work now, with the same packets', () => {
    const tale = changing().changed('applied');
    expect(tale.wanted.find((effect) => effect.do === 'verify')).toMatchObject({
      plan: { doors: { confirmThrough: ['10.0.10.207'] } },
      stimulus: { stimulus: 'tcp-syn', to: '10.0.10.207', port: 10250 },
      watch: { points: [{ device: 'eth0' }, { device: 'eth1' }] },
      askApiServer: true,
    });
  });

  test('ends repaired, with who approved and what was seen', () => {
    const tale = repaired();
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'repaired' });
    const summary = tale.shows('summary');
    expect(summary.durable.length).toBeGreaterThan(0);
    expect(JSON.stringify(summary.paragraphs)).toContain('USECOND');
    expect(JSON.stringify(summary.timeline)).toContain('Rollback disarmed');
  });

  test('every decision is in the audit before its effect', () => {
    const rows = repaired().transitions.flatMap(({ audit }) => audit.map(({ by, what }) => `${by} ${what}`));
    expect(rows).toEqual([
      'UONCALL opened',
      'netdiag offered',
      'USECOND approved',
      'netdiag change',
      'netdiag applied',
      'netdiag verified',
      'netdiag confirmed',
      'UONCALL closed',
    ]);
  });
});

describe('a change that does not come true', () => {
  test('T16: is taken back when verification fails, and the node says that it restored itself', () => {
    const tale = changing().changed('applied').verified(false);
    expect(tale.wanted).toContainEqual(expect.objectContaining({ do: 'settle', verb: 'roll-back' }));
    tale.settled('rolled-back');
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'rolled-back' });
  });

  test('is waited for when nobody gets in again: the node restores itself', () => {
    const tale = changing().changed('applied');
    tale.take({
      is: 'verified',
      plan: tale.change.plan,
      door: null,
      answers: [],
      watched: null,
      apiServer: null,
      failure: 'After the change no new connection opened.',
    });
    expect(tale.wanted).toContainEqual(expect.objectContaining({ do: 'settle', verb: 'await' }));
    expect(tale.change.seen).toBe('After the change no new connection opened.');
  });

  test('shows every line that differs from the saved state', () => {
    const tale = changing().changed('failed', 'Step 1 ended with status 2.').settled('rolled-back', ['-old', '+new']);
    expect(tale.shows('summary').difference).toEqual(['-old', '+new']);
    expect(JSON.stringify(tale.shows('summary').paragraphs)).toContain('2 lines');
  });

  test('T16: is never judged repaired without a verification, whatever the ledger says', () => {
    const tale = changing();
    tale.take({ is: 'change-unknown', plan: tale.change.plan, sentence: 'The connection was lost.' });
    expect(tale.wanted).toContainEqual(expect.objectContaining({ do: 'settle', verb: 'await' }));
    tale.settled('confirmed');
    expect(tale.state.outcome).toBe('unknown');
  });

  test.each(['begun', 'armed', 'applied', 'failed'] as const)(
    'a ledger that rests at %s is told to a person',
    (state) => {
      const tale = changing().changed('failed', 'no').settled(state);
      expect(tale.state.outcome).toBe('unknown');
      expect(tale.state.troubles.join(' ')).toContain(`"${state}"`);
    },
  );

  test('a node that cannot be asked any more is told to a person', () => {
    const tale = changing().changed('failed', 'no');
    tale.take({ is: 'unsettled', plan: tale.change.plan, sentence: 'Look at it from its console.' });
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'unknown' });
    expect(tale.shows('note', 'trouble 0').text).toEqual([{ text: 'Look at it from its console.' }]);
  });
});

describe('a refused precondition', () => {
  const refused = (): Tale => changing().changed('refused', 'Precondition 1 no longer holds.');

  test('changes nothing, says so, and looks again from the start', () => {
    const tale = refused();
    expect(tale.state).toMatchObject({ life: 'diagnosing', change: null, findings: [], watched: null });
    expect(tale.state.troubles.join(' ')).toContain('nothing was changed');
    expect(tale.wanted.filter((effect) => effect.do === 'survey')).toHaveLength(2);
    expect(tale.offer().state).toBe('superseded');
  });

  test('makes a new plan, whose approval is another one; the old button stays dead', () => {
    const tale = refused();
    const old = tale.state.offers[0];
    tale.look(i1Known(true)).watch();
    const fresh = tale.offer('C');
    expect(fresh.plan.id).not.toBe(old?.plan.id);
    expect(tale.press(old?.tokens.approve ?? '', SECOND).whispered).toMatch(/not on offer any more/);
    expect(tale.wanted.some((effect) => effect.do === 'change')).toBe(false);
    tale.press(fresh.tokens.approve, SECOND);
    expect(tale.wanted.find((effect) => effect.do === 'change')).toMatchObject({ plan: { id: fresh.plan.id } });
  });

  test('asks the person nothing again', () => {
    const tale = refused().look(i1Known(true));
    expect(tale.state.questions).toHaveLength(1);
    expect(tale.state.userAnswers).toHaveLength(1);
  });
});

describe('a press', () => {
  test('of Approve by the requester is refused with who can', () => {
    const tale = proposing();
    expect(tale.press(tale.offer().tokens.approve, ON_CALL).whispered).toContain('@second or @third');
    expect(tale.state.life).toBe('proposing');
  });

  test('of Approve by a stranger is refused', () => {
    const tale = proposing();
    expect(tale.press(tale.offer().tokens.approve, STRANGER).whispered).toContain('may not approve');
  });

  test('of Approve after the expiry is refused, even before anybody noticed the expiry', () => {
    const tale = proposing();
    tale.now = tale.offer().plan.expiresAt;
    expect(tale.press(tale.offer().tokens.approve, SECOND).whispered).toContain('expired');
    expect(tale.effects.some((effect) => effect.do === 'change')).toBe(false);
  });

  test('of Approve a second time changes nothing and says who was first', () => {
    const tale = changing();
    const before = tale.state.timeline.length;
    expect(tale.press(tale.offer().tokens.approve, THIRD).whispered).toContain('by second');
    expect(tale.state.timeline).toHaveLength(before);
  });

  test('of Show Fix B puts a second card up with an expiry of its own', () => {
    const tale = proposing();
    const drafted = tale.offer('B');
    tale.press(drafted.tokens.offer, ON_CALL);
    expect(tale.offer('B')).toMatchObject({ state: 'waiting', plan: { expiresAt: tale.now + 900_000 } });
    expect(tale.offer('B').hash).not.toBe(drafted.hash);
    expect(tale.shows('approval', `approval ${drafted.plan.id}`).letter).toBe('B');
    expect(tale.offer('A').state).toBe('waiting');
    expect(tale.wanted.filter((effect) => effect.do === 'wake')).toHaveLength(1);
    tale.press(drafted.tokens.offer, ON_CALL);
    expect(tale.wanted).toEqual([]);
  });

  test('of Approve on Fix B starts B and takes A back', () => {
    const tale = proposing();
    tale.press(tale.offer('B').tokens.offer, ON_CALL).press(tale.offer('B').tokens.approve, SECOND);
    expect(tale.change.plan).toBe(tale.offer('B').plan.id);
    expect(tale.offer('A').state).toBe('superseded');
    expect(tale.shows('approval', `approval ${tale.offer('A').plan.id}`).buttons).toEqual([]);
  });

  test('of Approve on a draft that was never shown is refused', () => {
    const tale = proposing();
    expect(tale.press(tale.offer('B').tokens.approve, SECOND).whispered).toContain('not on offer');
  });

  test('of What exactly happens explains once, and to everybody', () => {
    const tale = proposing();
    tale.press(tale.offer().tokens.explain, ON_CALL);
    const note = tale.shows('note', `explained ${tale.offer().plan.id}`);
    expect(JSON.stringify(note)).toContain('What exactly happens with Fix A');
    tale.press(tale.offer().tokens.explain, SECOND);
    expect(tale.wanted).toEqual([]);
  });

  test.each([
    ['an approver', SECOND],
    ['the requester', ON_CALL],
  ])('of Reject by %s withdraws the fix, with the reason in the timeline', (_, by) => {
    const tale = proposing();
    tale.press(tale.offer().tokens.reject, by, 'not during the sale');
    expect(tale.offer('A')).toMatchObject({ state: 'rejected', decidedBy: by });
    expect(JSON.stringify(tale.state.timeline)).toContain('not during the sale');
    expect(tale.effects.some((effect) => effect.do === 'change')).toBe(false);
  });

  test('of Reject offers the next fix, and ends with advice when there is none left', () => {
    const tale = proposing();
    tale.press(tale.offer('A').tokens.reject, SECOND);
    expect(tale.state.life).toBe('proposing');
    expect(tale.offer('B')).toMatchObject({ state: 'waiting', plan: { expiresAt: tale.now + 900_000 } });
    tale.press(tale.offer('B').tokens.reject, SECOND);
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'advice' });
  });

  test('of Reject leaves the other card alone where both wait', () => {
    const tale = proposing();
    tale.press(tale.offer('B').tokens.offer, ON_CALL);
    const { plan } = tale.offer('B');
    tale.press(tale.offer('A').tokens.reject, SECOND);
    expect(tale.offer('B')).toMatchObject({ state: 'waiting', plan });
  });

  test('of Reject by a stranger is refused', () => {
    const tale = proposing();
    expect(tale.press(tale.offer().tokens.reject, STRANGER).whispered).toContain('Only those who may approve');
    expect(tale.offer().state).toBe('waiting');
  });

  test('of Reject once the node has begun is refused', () => {
    const tale = changing().changed('applied');
    expect(tale.press(tale.offer().tokens.reject, THIRD).whispered).toContain('not waiting for a decision');
    expect(tale.state.change?.stopped).toBeUndefined();
  });

  test.each(['0'.repeat(32), 'constructor', '__proto__', 'toString', ''])(
    'of a button %j that is none is refused',
    (token) => {
      const tale = proposing();
      expect(tale.press(token, SECOND).whispered).toBe('This button is not valid any more.');
      expect(tale.state.life).toBe('proposing');
    },
  );

  test('of an answer a second time: the first one stands', () => {
    const tale = asking();
    const tokens = tale.state.questions[0]?.buttons.map(({ token }) => token) ?? [];
    tale.press(tokens[0] ?? '', ON_CALL);
    expect(tale.press(tokens[1] ?? '', SECOND).whispered).toContain('answered already');
    expect(tale.state.symptom).toBe('kubelet');
  });

  test.each(['approve', 'reject', 'explain', 'offer'] as const)(
    'of %s after the close changes nothing but a whisper',
    (button) => {
      const tale = repaired();
      const before = canonical({ ...tale.state, effects: 0 });
      tale.press(tale.offer().tokens[button], SECOND);
      expect(canonical({ ...tale.state, effects: 0 })).toBe(before);
      expect(tale.wanted.every((effect) => effect.do === 'whisper')).toBe(true);
      expect(tale.whispered).toMatch(/\.$/);
    },
  );

  test('of an answer after the close changes nothing but a whisper', () => {
    const tale = new Tale().open().thread();
    tale.take({ is: 'locate-failed', sentence: 'The API said no.', suggestions: [] });
    const before = canonical({ ...tale.state, effects: 0 });
    tale.answer('symptom', 'kubelet');
    expect(canonical({ ...tale.state, effects: 0 })).toBe(before);
    expect(tale.whispered).toMatch(/\.$/);
  });
});

describe('two consents', () => {
  const twice = smallHouse(undefined, {
    remediations: smallHouse().remediations.map((one) => ({ ...one, risk: 3 as const })),
  });

  test('a plan of risk 3 waits for a second person', () => {
    const tale = proposing(twice);
    tale.press(tale.offer().tokens.approve, SECOND);
    expect(tale.offer()).toMatchObject({ state: 'waiting', consents: [{ by: SECOND }] });
    expect(tale.press(tale.offer().tokens.approve, SECOND).whispered).toContain('another person');
    const approve = { is: 'pressed', token: tale.offer().tokens.approve, by: THIRD } as const;
    tale.take({ ...approve, standing: [{ id: SECOND.id, member: true, groups: [] }] });
    expect(tale.wanted.find((effect) => effect.do === 'change')).toMatchObject({
      approval: { consents: [{ by: SECOND }, { by: THIRD }] },
    });
  });

  test.each([
    ['has left', { member: false, groups: [] }, [SECOND, THIRD]],
    ['is not among the approvers any more', { member: true, groups: [] }, [THIRD]],
  ])('who %s since does not count when the last one comes', (_, now, approvers) => {
    const tale = proposing(twice);
    tale.press(tale.offer().tokens.approve, SECOND);
    const approve = { is: 'pressed', token: tale.offer().tokens.approve, by: THIRD } as const;
    const house = { ...twice, approval: { ...twice.approval, approvers } };
    tale.take({ ...approve, standing: [{ id: SECOND.id, ...now }] }, house);
    expect(tale.offer()).toMatchObject({ state: 'waiting', consents: [{ by: THIRD }] });
    expect(tale.whispered).toContain('@second may not approve any more');
    expect(tale.transitions.at(-1)?.audit).toContainEqual(expect.objectContaining({ by: SECOND.id, what: 'lapsed' }));
    expect(tale.state.life).toBe('proposing');
  });

  test('when nobody knows how the first one stands, the second one does not count either', () => {
    const tale = proposing(twice);
    tale.press(tale.offer().tokens.approve, SECOND);
    expect(tale.press(tale.offer().tokens.approve, THIRD).whispered).toContain('@second may still approve');
    expect(tale.offer()).toMatchObject({ state: 'waiting', consents: [{ by: SECOND }] });
  });
});

describe('time', () => {
  test('an offer that nobody takes expires and the incident ends with its cause and advice', () => {
    const tale = proposing();
    const { plan } = tale.offer();
    tale.now = plan.expiresAt;
    tale.take({ is: 'woken', name: `expiry ${plan.id}` });
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'advice' });
    expect(tale.offer().state).toBe('expired');
  });

  test('an expiry that comes after the approval changes nothing', () => {
    const tale = changing();
    tale.now = tale.offer().plan.expiresAt;
    tale.take({ is: 'woken', name: `expiry ${tale.offer().plan.id}` });
    expect(tale.state.life).toBe('changing');
    expect(tale.wanted).toEqual([]);
  });

  test.each(['expiry nobody', 'something else', ''])('a wake-up for %j changes nothing', (name) => {
    const tale = proposing().take({ is: 'woken', name });
    expect(tale.state.life).toBe('proposing');
    expect(tale.wanted).toEqual([]);
  });
});

describe('a node that is not known, or not reached', () => {
  test('a cluster that does not answer ends it with its sentence', () => {
    const tale = new Tale().open().thread();
    tale.take({ is: 'locate-failed', sentence: 'The API server answers 403.', suggestions: [] });
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'unknown', troubles: ['The API server answers 403.'] });
    expect(tale.shows('question', 'question symptom').buttons).toEqual([]);
  });

  test('no door is a finding of its own, without waiting for the symptom', () => {
    const tale = asking();
    tale.take({
      is: 'surveyed',
      role: 'subject',
      node: 'ip-10-0-10-207',
      answers: [],
      door: null,
      closedDoors: [{ door: DOOR, because: 'connection refused' }],
      identity: null,
      failure: { gap: 'unreachable', sentence: 'No door of ip-10-0-10-207 opened.' },
      ms: 10,
    });
    expect(tale.state.life).toBe('diagnosing');
    tale.look(i1Known(true));
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'unknown' });
    expect(tale.state.findings[0]).toMatchObject({
      code: 'no-door-opens',
      facts: { tried: ['10.0.10.190: connection refused'] },
    });
    expect(tale.shows('finding').finding.code).toBe('no-door-opens');
  });

  test('a healthy node is nothing found, when its packets are answered', () => {
    const tale = counting(undefined, i1Known(false, 'eth0')).watch(counted('answered'));
    expect(tale.state).toMatchObject({ outcome: 'nothing-found', findings: [], offers: [] });
    expect(tale.state.ruledOut.length).toBe(2);
  });

  test('a node that answers nothing is unknown, never nothing found', () => {
    const tale = counting(undefined, silent(i1Known(false, 'eth0')));
    expect(tale.state.outcome).toBe('unknown');
    expect(tale.state.unseen.map(({ gap }) => gap)).toContain('timed-out');
  });

  test('nothing wrong but packets that get lost is unknown', () => {
    const tale = counting(undefined, i1Known(false, 'eth0')).watch(counted('never-arrived'));
    expect(tale.state.outcome).toBe('unknown');
  });

  test('a watch that failed leaves the finding likely and says why nothing was counted', () => {
    const tale = counting();
    tale.take({ is: 'watch-failed', gap: 'not-installed', sentence: 'tcpdump is not installed.' });
    expect(tale.state.findings[0]?.confidence).toBe('likely');
    expect(JSON.stringify(tale.shows('live').steps)).toContain('tcpdump is not installed.');
  });

  test('without a second node everything that was compared is said to be unseen', () => {
    const tale = new Tale()
      .open()
      .thread()
      .locate({ ...I1, peer: null });
    tale.answer('symptom', 'kubelet').look(i1Known(true));
    expect(tale.state.unseen).toContainEqual(expect.objectContaining({ check: 'peer' }));
  });

  test('a node without pods says that there is none to send to', () => {
    const bound = { ...I1, subject: boundNode('ip-10-0-10-207', '10.0.10.207') };
    const tale = new Tale().open().thread().locate(bound).look(i1Known(false));
    tale.answer('symptom', 'pods').answer('which', 'all').look(i1Known(false));
    expect(tale.state.watchFailure).toContain('No pod on ip-10-0-10-207');
    expect(tale.state.outcome).toBe('unknown');
  });
});

describe('a playbook that asks', () => {
  test('puts its question when it comes to it, and follows the answer', () => {
    const tale = asking().look(i1Known(false)).answer('symptom', 'pods');
    expect(tale.shows('question', 'question which').choices.map(({ id }) => id)).toEqual(['all', 'none']);
    tale.answer('which', 'none');
    expect(tale.state).toMatchObject({ life: 'closed', outcome: 'nothing-found' });
  });

  test('a symptom that was given beforehand is not asked', () => {
    const tale = new Tale().open(ON_CALL, 'kubelet').thread().locate().look(i1Known(true));
    expect(tale.shows('question', 'question symptom')).toMatchObject({ buttons: [], answered: { by: ON_CALL } });
    expect(tale.state.watching).toBe(true);
  });

  test('a symptom that nobody knows leaves the question open', () => {
    const tale = new Tale().open(ON_CALL, 'weather').thread();
    expect(tale.shows('question', 'question symptom').buttons).toHaveLength(2);
    expect(tale.state.userAnswers).toEqual([]);
  });
});

describe('a playbook that was changed meanwhile', () => {
  const other = smallHouse([
    KUBELET.replace('Something', 'Anything').replace('version: 1', 'version: 1 # later'),
    PODS,
  ]);
  const gone = smallHouse([PODS]);

  test.each([
    ['changed', other],
    ['taken away', gone],
  ])('%s, stops the diagnosis and says so', (_, house) => {
    const tale = asking().answer('symptom', 'kubelet');
    tale.take({ is: 'shown', slot: 'question symptom', ref: 'r', thread: null }, house);
    expect(tale.state.life).toBe('closed');
    expect(tale.state.troubles.join(' ')).toContain('playbook');
  });

  test('T23: takes an offer back before anybody can approve it', () => {
    const tale = proposing();
    tale.take({ is: 'pressed', token: tale.offer().tokens.approve, by: SECOND }, other);
    expect(tale.state).toMatchObject({ life: 'closed', change: null });
    expect(tale.offer().state).toBe('superseded');
    expect(tale.effects.some((effect) => effect.do === 'change')).toBe(false);
  });

  test('keeps what the thread says of a message that was shown meanwhile', () => {
    const tale = new Tale().open(ON_CALL, 'kubelet');
    tale.take({ is: 'shown', slot: 'live', ref: 'C1/1.1', thread: 'C1/1.1' }, other);
    expect(tale.state.life).toBe('closed');
    expect(tale.state.telling['live']?.ref).toBe('C1/1.1');
    expect(tale.state.place.thread).toBe('C1/1.1');
  });

  test('lets a change that has begun come to its end', () => {
    const tale = changing();
    const plan = tale.change.plan;
    const entry = (state: 'applied' | 'confirmed') => ({ fix: plan, state, detail: '', difference: [] });
    tale.take({ is: 'changed', plan, entry: entry('applied'), door: DOOR }, gone);
    expect(tale.wanted.map((effect) => effect.do)).toContain('verify');
    tale.verified(true);
    tale.take({ is: 'settled', plan, entry: entry('confirmed'), door: DOOR }, other);
    expect(tale.state.outcome).toBe('repaired');
  });

  test('does not stop an incident of another playbook, or one without any yet', () => {
    const tale = asking().take({ is: 'shown', slot: 'question symptom', ref: 'r', thread: null }, gone);
    expect(tale.state.life).toBe('diagnosing');
  });

  test('a button for a symptom that is gone is refused, and the question stays', () => {
    const tale = asking();
    const token = tale.state.questions[0]?.buttons[0]?.token ?? '';
    tale.take({ is: 'pressed', token, by: ON_CALL }, gone);
    expect(tale.whispered).toMatch(/\.$/);
    expect(tale.state.userAnswers).toEqual([]);
  });
});
