import { describe, expect, test } from 'vitest';
import type { IncidentState } from '../../src/model/index.ts';
import { desk } from '../../src/shell/index.ts';
import { ON_CALL, SECOND, STRANGER } from '../fake/house.ts';
import { offered } from '../incident/cluster-tale.ts';
import { bench } from './workplace.ts';

const PLACE = { team: 'T1', channel: 'C1', thread: null };

/** A desk whose approvers are these, with an incident of the on-call's in which a fix waits. */
async function waiting(approvers: readonly string[]) {
  const made = bench();
  const house = { ...made.workplace.house, approval: { approvers: named(approvers), expiresMs: 900_000 } };
  const at = desk({ ...made.workplace, house }, { starters: [], channels: [] }, () => {});
  await at.start({ key: 'k1', node: 'ip-10-0-10-207', by: ON_CALL, place: PLACE });
  const [stored] = await made.journal.open();
  if (stored === undefined) throw new Error('no incident');
  const { state } = offered();
  const put = (change: Partial<IncidentState>, from: number) =>
    made.journal.advance({
      incident: stored.incident,
      from,
      event: { is: 'woken', name: 'x', at: 1, seed: '0' },
      state: { ...state, id: stored.state.id, place: PLACE, by: ON_CALL, ...change },
      effects: [],
      audit: [],
    });
  await put({}, stored.version);
  made.clock.pass(offered().now - made.clock.now());
  const token = state.offers.find((offer) => offer.state === 'waiting')?.tokens.approve ?? '';
  return { ...made, at, token, put, version: stored.version + 1 };
}

const named = (ids: readonly string[]) => ids.map((id) => ({ id, name: id }));

describe('what is known at the desk', () => {
  test('is how each incident stands, and what waits with its buttons', async () => {
    const { at, put, version } = await waiting([SECOND.id]);
    const { open, over } = await at.overview();
    expect(over).toEqual([]);
    expect(open).toMatchObject([
      { node: 'ip-10-0-10-207', by: ON_CALL, over: false, waiting: { is: 'approval', state: 'waiting' } },
    ]);
    expect(open[0]?.waiting?.buttons.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['Approve Fix A', 'Reject']),
    );
    await put({ life: 'closed', outcome: 'aborted', telling: {} }, version);
    expect(await at.overview()).toMatchObject({ open: [], over: [{ over: true, waiting: null, title: [] }] });
  });

  test('are all nodes in the order of their names, and which cluster is silent', async () => {
    const { at, cluster } = await waiting([]);
    expect((await at.nodes()).nodes.map(({ name, ready }) => [name, ready])).toEqual([
      ['ip-10-0-10-115', true],
      ['ip-10-0-10-207', true],
      ['ip-10-0-10-69', true],
    ]);
    cluster.fail('nodes', 'timed-out', 'The API server is silent.');
    expect(await at.nodes()).toEqual({ nodes: [], silent: ['The API server is silent.'] });
  });

  test('are the symptoms in the order of their buttons', async () => {
    const { at, workplace } = await waiting([]);
    expect(at.symptoms().map(({ id }) => id)).toEqual([...workplace.house.playbooks.keys()]);
  });
});

describe('the user groups of who presses', () => {
  const pressed = async (approvers: readonly string[], by = SECOND, groups = () => Promise.resolve(['SGROUP1'])) => {
    let asked = 0;
    const { at, token, journal } = await waiting(approvers);
    const counted = (): Promise<string[]> => {
      asked += 1;
      return groups();
    };
    const answer = await at.press({ key: 'p1', token, by, place: PLACE, groups: counted }).catch(String);
    const [incident] = await journal.open();
    const events = incident === undefined ? [] : await journal.events(incident.incident);
    return { asked, answer, event: events.find(({ is }) => is === 'pressed') };
  };

  test('are asked where a press decides, and go with it', async () => {
    expect(await pressed(['SGROUP1'])).toMatchObject({ asked: 1, answer: null, event: { groups: ['SGROUP1'] } });
  });

  test('are not asked of who is configured by name, nor of who started it', async () => {
    expect(await pressed([SECOND.id, 'SGROUP1'])).toMatchObject({ asked: 0, answer: null });
    expect(await pressed(['SGROUP1'], ON_CALL)).toMatchObject({ asked: 0, answer: null });
  });

  test('that cannot be told let nothing happen', async () => {
    const silent = (): Promise<string[]> => Promise.reject(new Error('Slack did not answer.'));
    expect(await pressed(['SGROUP1'], STRANGER, silent)).toMatchObject({
      asked: 1,
      answer: 'Error: Slack did not answer.',
      event: undefined,
    });
  });
});
