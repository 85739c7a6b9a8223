import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { apply, APPLIED } from '../../src/cli/apply.ts';
import { applyRequest } from '../../src/cli/apply-request.ts';
import type { ApplyRequest } from '../../src/cli/apply-request.ts';
import type { House } from '../../src/incident/index.ts';
import type { IncidentState, Plan } from '../../src/model/index.ts';
import { orderOf } from '../../src/model/index.ts';
import type { Signatures } from '../../src/port.ts';
import { ON_CALL, SECOND, smallHouse, THIRD } from '../fake/house.ts';
import { proposing, START } from '../incident/tale.ts';
import { bench, type Bench } from '../shell/workplace.ts';

const NODE = 'ip-10-0-10-207';
const SAME = { machineId: `machine-${NODE}`, bootId: 'boot-1', hostKey: 'SHA256:k' };
const IDENTITIES = [
  [ON_CALL.id, 'terminal:ona'],
  [SECOND.id, 'terminal:sam', 'signer:sam@example.com'],
  ['terminal:guest'],
];

function houseOf(risk: 1 | 3 = 1): House {
  const { approval, remediations } = smallHouse();
  return smallHouse(undefined, {
    approval: { ...approval, approvers: [ON_CALL, SECOND, THIRD], identities: IDENTITIES, verifies: true },
    remediations: remediations.map((one) => ({ ...one, risk })),
  });
}

interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  readonly at: Bench;
  readonly state: IncidentState;
}

/** Runs `apply` on an incident whose Fix A waits, kept by a terminal unless the place says otherwise. */
async function run(
  user: string,
  change: Partial<ApplyRequest> = {},
  {
    typed = 'yes\n',
    house = houseOf(),
    team = 'terminal',
    plan = {},
    signatures,
  }: {
    readonly typed?: string;
    readonly house?: House;
    readonly team?: string;
    readonly plan?: Partial<Plan>;
    readonly signatures?: Signatures;
  } = {},
): Promise<Ran> {
  const tale = proposing(house);
  const offers = tale.state.offers.map((offer) => ({ ...offer, plan: { ...offer.plan, ...plan } }));
  const state = { ...tale.state, offers, place: { team, channel: 'terminal', thread: 'terminal:1' } };
  const outputs = Object.fromEntries(
    (offers[0]?.plan.preconditions ?? []).map(({ argv, stdout }) => [argv.join(' '), stdout]),
  );
  const at = bench({ nodes: { [NODE]: { identity: SAME, outputs } } });
  at.clock.pass(START - at.clock.now() + 60_000);
  const event = { is: 'woken', name: 'nothing', at: at.clock.now(), seed: 's' } as const;
  await at.journal.advance({ incident: state.id, from: 0, event, state, effects: [], audit: [] });
  const said = { out: '', err: '' };
  const hearing = (name: 'out' | 'err') =>
    Object.assign(new PassThrough(), { isTTY: false, columns: 100 }).on('data', (chunk: Buffer) => {
      said[name] += chunk.toString();
    });
  const [out, err] = [hearing('out'), hearing('err')];
  const input = new PassThrough();
  input.end(typed);
  const { thread: _, ...workplace } = at.workplace;
  const ports = { ...workplace, house, ...(signatures === undefined ? {} : { signatures }) };
  const request = {
    incident: NODE,
    letter: 'A',
    verb: 'approve',
    reason: '',
    signature: undefined,
    yes: false,
  } as const;
  const exit = await apply({ ...request, journal: undefined, ...change }, ports, { out, err, input }, user);
  const now = await at.journal.load(state.id);
  if (now === null) throw new Error('the incident is gone');
  return { exit, ...said, at, state: now.state };
}

const begun = ({ at }: Ran): number => at.nodes.asked.filter((line) => line.startsWith('apply')).length;

describe('apply', () => {
  test('shows the plan, asks, and carries it out as another person than who asked', async () => {
    const ran = await run('sam');
    expect(ran.out).toContain("remove eth1's route");
    expect(ran.out).toMatch(/Type yes to approve Fix A, plan [0-9a-f]{12}/);
    expect(begun(ran)).toBe(1);
    expect(ran.state.offers[0]).toMatchObject({ state: 'approved', consents: [{ by: { id: 'terminal:sam' } }] });
  });

  test('T6: is refused to who asked, under the id of the terminal too', async () => {
    const ran = await run('ona');
    expect(ran).toMatchObject({
      exit: APPLIED.refused,
      err: expect.stringContaining('You started this incident') as string,
    });
    expect(begun(ran)).toBe(0);
  });

  test.each([
    ['mallory', 'nobody in approval.people'],
    ['root', 'nobody in approval.people'],
    ['guest', 'You may not approve changes'],
  ])('is refused to %s', async (user, sentence) => {
    const ran = await run(user);
    expect(ran.exit).toBe(APPLIED.refused);
    expect(ran.err).toContain(sentence);
    expect(ran.state.offers[0]).toMatchObject({ state: 'waiting', consents: [] });
  });

  test.each(['no\n', '', 'YES\n'])('does nothing where the answer is %j', async (typed) => {
    const ran = await run('sam', {}, { typed });
    expect(ran).toMatchObject({ exit: APPLIED.refused, err: 'Nothing was done.\n' });
    expect(begun(ran)).toBe(0);
  });

  test('counts one of two, and begins nothing', async () => {
    const ran = await run('sam', { yes: true }, { house: houseOf(3) });
    expect(ran).toMatchObject({ exit: APPLIED.done, out: expect.stringContaining('1 of 2') as string });
    expect(begun(ran)).toBe(0);
  });

  test('rejects with a reason', async () => {
    const ran = await run('sam', { verb: 'reject', reason: 'not now', yes: true });
    expect(ran.exit).toBe(APPLIED.done);
    expect(ran.state.offers[0]).toMatchObject({ state: 'rejected', reason: 'not now' });
  });

  test('leaves an incident of the chat to its bot, and says when there is none', async () => {
    const ran = await run('sam', { yes: true }, { team: 'T1' });
    expect(ran).toMatchObject({
      exit: APPLIED.not,
      out: expect.stringContaining('is netdiag serve running') as string,
    });
    expect(ran.state).toMatchObject({ life: 'changing' });
    expect(begun(ran)).toBe(0);
  });

  test.each([
    [{ incident: 'ffff' }, /No open incident is that one\. Open are:\n {2}\w+ {2}ip-10-0-10-207 {2}proposing/],
    [{ letter: 'Z' }, /There is no Fix Z; waiting: A\./],
  ])('says what there is instead: %j', async (change, says) => {
    const ran = await run('sam', change);
    expect(ran.exit).toBe(APPLIED.refused);
    expect(ran.err).toMatch(says);
  });
});

describe('a signature', () => {
  const plan = { signed: true, issuedAt: START } as const;
  const signature = '-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n';

  test('is asked for with the text to sign, and nothing is approved without it', async () => {
    const ran = await run('sam', {}, { plan });
    const [offer] = ran.state.offers;
    if (offer === undefined) throw new Error('no offer');
    expect(ran.out).toContain(orderOf(offer.plan));
    expect(ran.exit).toBe(APPLIED.refused);
    expect(offer.consents).toEqual([]);
  });

  test('is verified under exactly that text before it counts', async () => {
    const asked: unknown[] = [];
    const signatures: Signatures = {
      verify: (...given) => {
        asked.push(given);
        return Promise.resolve({ principal: 'sam@example.com' });
      },
    };
    const ran = await run('sam', { signature, yes: true }, { plan, signatures });
    const approved = (await ran.at.journal.audit(ran.state.id)).find(({ what }) => what === 'approved');
    expect(approved).toMatchObject({ by: 'terminal:sam', detail: expect.stringContaining('signed by sam@') as string });
    expect(asked).toEqual([[orderOf(ran.state.offers[0]?.plan as Plan), signature, ['sam@example.com']]]);
  });

  test('that is not good is refused, with the sentence', async () => {
    const signatures: Signatures = { verify: () => Promise.resolve({ refusal: 'That is no valid signature.' }) };
    const ran = await run('sam', { signature, yes: true }, { plan, signatures });
    expect(ran).toMatchObject({ exit: APPLIED.refused, err: 'That is no valid signature.\n' });
    expect(begun(ran)).toBe(0);
  });
});

describe('the arguments', () => {
  const read = (path: string): string => `text of ${path}`;

  test('name an incident and a fix', () => {
    expect(applyRequest(['ip-10-0-10-207', 'A', '--signature', 'f', '--journal', 'j.db'], read)).toEqual({
      incident: 'ip-10-0-10-207',
      letter: 'A',
      verb: 'approve',
      reason: '',
      signature: 'text of f',
      yes: false,
      journal: 'sqlite:j.db',
    });
    expect(applyRequest(['x', 'B', '--break-glass', ' all are down '])).toMatchObject({
      verb: 'break-glass',
      reason: 'all are down',
    });
    expect(applyRequest(['x', 'B', '--reject', ''])).toMatchObject({ verb: 'reject', reason: '' });
    expect(applyRequest(['x', 'B', '--revoke', '--yes'])).toMatchObject({ verb: 'revoke', yes: true });
  });

  test.each([
    [[], /an incident and the letter/],
    [['x'], /an incident and the letter/],
    [['x', 'A', 'B'], /an incident and the letter/],
    [['x', 'fix'], /has a letter/],
    [['$(id)', 'A'], /neither the id/],
    [['x', 'A', '--break-glass', ' '], /wants a reason/],
    [['x', 'A', '--revoke', '--reject', 'no'], /exclude each other/],
    [['x', 'A', '--as', 'root'], /Unknown option/],
    [['x', 'A', '--signature', '/gone/away'], /ENOENT/],
  ])('%j are refused', (args, says) => {
    expect(applyRequest(args)).toMatch(says);
  });
});
