import { describe, expect, test } from 'vitest';
import { SWITCH, switchAfter } from '../../src/incident/index.ts';
import { switching } from '../../src/shell/index.ts';
import { ON_CALL, SECOND, smallHouse, STRANGER } from '../fake/house.ts';
import { bench } from './workplace.ts';

function at() {
  const { ports, journal } = bench();
  const groups = { ...ports.house.approval, approvers: [SECOND, { id: 'SNET', name: 'net-oncall' }] };
  const house = { ...smallHouse(), approval: groups };
  const stands = async () => switchAfter(await journal.audit(SWITCH));
  return { ...switching({ ...ports, house }), journal, stands };
}

describe('the switch for all changes', () => {
  test('is turned by whoever may approve, and says what it means', async () => {
    const { switchChanges, stands } = at();
    expect(await switchChanges({ by: SECOND, stop: true, reason: 'a storm' })).toMatchObject({ done: true });
    expect(await stands()).toMatchObject({ by: SECOND, reason: 'a storm' });
    expect(await switchChanges({ by: SECOND, stop: false, reason: '' })).toMatchObject({ done: true });
    expect(await stands()).toBeNull();
  });

  test('is turned by somebody of a user group, asked at that moment', async () => {
    const { switchChanges, stands } = at();
    const groups = () => Promise.resolve(['SNET']);
    expect(await switchChanges({ by: ON_CALL, stop: true, reason: '', groups })).toMatchObject({ done: true });
    expect(await stands()).toMatchObject({ by: ON_CALL });
  });

  test.each([undefined, () => Promise.resolve([])])(
    'nobody else turns it, and that is written down',
    async (groups) => {
      const { switchChanges, stands, journal } = at();
      const asked = { by: STRANGER, stop: true, reason: '', ...(groups === undefined ? {} : { groups }) };
      expect(await switchChanges(asked)).toEqual({
        done: false,
        sentence: 'Only those who may approve can stop all changes or allow them again.',
      });
      expect(await stands()).toBeNull();
      expect(await journal.audit(`${SWITCH} refused`)).toMatchObject([{ by: STRANGER.id, detail: 'stop-changes' }]);
    },
  );

  test('where the chat cannot say who is in the groups, it is not turned', async () => {
    const { switchChanges, stands } = at();
    const groups = () => Promise.reject(new Error('Slack did not say.'));
    await expect(switchChanges({ by: ON_CALL, stop: true, reason: '', groups })).rejects.toThrow('Slack did not say.');
    expect(await stands()).toBeNull();
  });

  test('turned twice it says who was first', async () => {
    const { switchChanges, journal } = at();
    await switchChanges({ by: SECOND, stop: true, reason: 'a storm' });
    expect(await switchChanges({ by: SECOND, stop: true, reason: 'again' })).toMatchObject({
      done: false,
      sentence: expect.stringContaining('(a storm)') as string,
    });
    expect(await journal.audit(SWITCH)).toHaveLength(1);
    await switchChanges({ by: SECOND, stop: false, reason: '' });
    expect(await switchChanges({ by: SECOND, stop: false, reason: '' })).toMatchObject({ done: false });
  });
});
