import { describe, expect, test } from 'vitest';
import { noLab, skipNote } from '../../lab/index.ts';
import { add, changeBench, del, plan, show, shown } from './change-bench.ts';
import { until } from './real-clock.ts';

for (const user of ['root', 'ops'] as const) {
  describe.skipIf(noLab)(`a change as ${user}${skipNote}`, { timeout: 60_000 }, () => {
    const at = changeBench(user);
    const { inside, isClean, left, route, settled } = at;

    test('T26: is applied once its precondition held, and stays when confirmed', async () => {
      const { fix, ...rest } = plan();
      expect(await at.session.change({ fix, ...rest })).toEqual({ fix, state: 'applied', detail: '', difference: [] });
      expect(await route()).toBe(shown);
      const confirmed = await at.session.ledger(fix, 'confirm');
      expect(confirmed).toEqual({ fix, state: 'confirmed', detail: '', difference: [`+${shown.trim()}`] });
      await until('nothing of ours runs', async () => (await left()).length === 0);
      expect(await at.session.ledger(fix, 'roll-back')).toEqual(confirmed);
      expect(await at.session.ledger(fix, 'status')).toEqual(confirmed);
      expect(await route()).toBe(shown);
      await inside(...del);
      await isClean();
    });

    test('T25: that nobody confirms is undone by the node, which is then as before', async () => {
      const request = plan({ rollbackSeconds: 1 });
      expect(await at.session.change(request)).toMatchObject({ state: 'applied' });
      expect(await settled(request.fix)).toEqual({
        fix: request.fix,
        state: 'rolled-back',
        detail: 'Nobody confirmed the change within 1 s, so the node restored itself.',
        difference: [],
      });
      expect(await at.session.ledger(request.fix, 'confirm')).toMatchObject({ state: 'rolled-back' });
      await isClean();
    });

    test('is undone at once when asked to', async () => {
      const request = plan();
      await at.session.change(request);
      expect(await at.session.ledger(request.fix, 'roll-back')).toMatchObject({
        state: 'rolled-back',
        detail: 'The node restored itself as asked.',
        difference: [],
      });
      await isClean();
    });

    test('is refused when its precondition differs, with the command and what it said', async () => {
      await inside(...add);
      const request = plan({ apply: [del], undo: [add], preconditions: [{ argv: show, stdout: 'else\n' }] });
      expect(await at.session.change(request)).toEqual({
        fix: request.fix,
        state: 'refused',
        detail:
          'Precondition 1 no longer holds, so nothing was changed: `ip route show 10.5.0.0/24` now says ' +
          '"10.5.0.0/24 via 10.99.0.1 dev eth0" instead of "else".',
        difference: [],
      });
      expect(await route()).toBe(shown);
      await inside(...del);
      await isClean();
    });

    test.each([
      ['a byte more', `${shown} `],
      ['the end of line missing', shown.trimEnd()],
      ['nothing', ''],
    ])('is refused when the precondition expects %s', async (_, stdout) => {
      await inside(...add);
      const request = plan({ apply: [del], undo: [add], preconditions: [{ argv: show, stdout }] });
      expect(await at.session.change(request)).toMatchObject({ state: 'refused' });
      await inside(...del);
      await isClean();
    });

    test('with a failing step is undone at once, and says which step and what it said', async () => {
      const request = plan({ apply: [add, ['ip', 'route', 'add', 'nonsense']], undo: [['false'], del] });
      const entry = await at.session.change(request);
      expect(entry).toMatchObject({ state: 'rolled-back', difference: [] });
      expect(entry.detail).toMatch(
        /^Step 2, `ip route add nonsense`, ended with status 1 \(Error: .*\); the node restored/,
      );
      expect(entry.detail).toContain('Undo step 1, `false`, ended with status 1 (no output).');
      await isClean();
    });
  });
}
