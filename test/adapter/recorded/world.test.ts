import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { recordedNodeShell, type Recording, World } from '../../../src/adapter/recorded/index.ts';
import type { NodeSession, NodeShell } from '../../../src/port.ts';
import { APPLY, HandClock, LOOKUP, NODE, peer, reach, request, said, target } from './practice.ts';
import { capture, COMMANDS, recordStory } from './story.ts';

describe('recorded nodes', () => {
  let recording: Recording;
  let clock: HandClock;
  let world: World;
  let shell: NodeShell;
  let session: NodeSession;
  beforeAll(async () => {
    recording = await recordStory();
  });
  beforeEach(async () => {
    clock = new HandClock();
    world = new World(recording, clock);
    shell = recordedNodeShell(world);
    session = await reach(shell);
  });
  const mended = () => reach(shell, target({ only: ['10.0.10.207'] }));

  describe('change', () => {
    test('that is recorded leads to its state, and closes the door that it closed', async () => {
      expect(await session.change(request())).toEqual({ fix: 'f1', state: 'applied', detail: '', difference: [] });
      expect(world.state).toBe('after:delete-connected-route');
      expect(await session.run([COMMANDS[1]])).toMatchObject([{ exit: null, gap: 'unreachable' }]);
      expect(await (await capture(session, 'eth0')).stop()).toMatchObject({ gap: 'unreachable' });
      expect(await session.ledger('f1', 'status')).toMatchObject({ state: 'begun', detail: /connection was lost/ });
      expect(await (await mended()).ledger('f1', 'status')).toMatchObject({ state: 'applied' });
    });

    test.each([
      ['another command', { apply: [{ argv: ['ip', 'route', 'flush', 'table', 'main'] }] }],
      ['one command more', { apply: [...request().apply, { argv: ['true'] }] }],
      ['the words cut otherwise', { apply: [{ argv: ['ip', 'route', 'del', '10.0.10.0/24 dev', 'eth1'] }] }],
      ['something to read', { apply: [{ ...APPLY[0], stdin: 'x' }] }],
      ['no command', { apply: [] }],
    ])('that is not recorded is refused: %s', async (_title, more) => {
      expect(await session.change(request(more))).toEqual({
        fix: 'f1',
        state: 'refused',
        detail: 'This change is not recorded, so nothing was changed.',
        difference: [],
      });
      expect(world.state).toBe('broken');
      expect(await session.ledger('f1', 'status')).toMatchObject({ state: 'refused' });
    });

    test('of another node is refused', async () => {
      const other = await reach(shell, peer);
      expect(await other.change(request({ preconditions: [] }))).toMatchObject({ state: 'refused' });
      expect(world.state).toBe('broken');
    });

    test('under a fix id that was used starts nothing', async () => {
      await session.change(request({ apply: [{ argv: ['false'] }] }));
      expect(await session.change(request())).toMatchObject({ state: 'refused', detail: /not recorded/ });
      expect(world.state).toBe('broken');
      await session.change(request({ fix: 'f2' }));
      expect(await (await mended()).change(request({ fix: 'f2' }))).toMatchObject({ state: 'applied' });
    });

    test('is refused while another one is not settled', async () => {
      await session.change(request());
      expect(await (await mended()).change(request({ fix: 'f2' }))).toMatchObject({
        state: 'refused',
        detail: 'The change f1 on this node is not settled; nothing was changed.',
      });
    });

    test('is refused when a precondition says something else', async () => {
      const preconditions = [{ argv: LOOKUP, stdout: '10.0.10.69 from 10.0.10.207 dev eth0\n' }];
      expect(await session.change(request({ preconditions }))).toMatchObject({
        state: 'refused',
        detail:
          /^Precondition 1 no longer holds, so nothing was changed: ip route get .+ now says ".+eth1" instead of ".+eth0"\.$/,
      });
      expect(world.state).toBe('broken');
    });

    test('knows what the node looked at by itself before it changed anything', async () => {
      const preconditions = [{ argv: ['asked', 'by', 'the', 'node', 'alone'], stdout: 'no\n' }];
      expect(await session.change(request({ preconditions }))).toMatchObject({
        state: 'refused',
        detail: /now says "yes" instead of "no"/,
      });
    });

    test.each([[['unheard', 'of']], [['nft', 'list']], [[]]])(
      'is refused when a precondition is not recorded: %j',
      async (argv) => {
        const refused = await session.change(request({ preconditions: [{ argv, stdout: '' }] }));
        expect(refused).toMatchObject({ state: 'refused', detail: /Precondition 1 is not recorded/ });
      },
    );
  });

  describe('the rollback', () => {
    test('fires at its deadline unless it was disarmed', async () => {
      await session.change(request({ rollbackSeconds: 60 }));
      const other = await mended();
      clock.at += 59_999;
      expect(await other.ledger('f1', 'status')).toMatchObject({ state: 'applied' });
      clock.at += 1;
      expect(await other.ledger('f1', 'confirm'), 'its door is closed again').toMatchObject({ state: 'begun' });
      const again = await reach(shell);
      expect(again.door.address).toBe('10.0.10.190');
      expect(await again.ledger('f1', 'confirm')).toEqual({
        fix: 'f1',
        state: 'rolled-back',
        detail: 'Nobody confirmed the change within 60 s, so the node restored itself.',
        difference: [],
      });
      expect(world.state).toBe('rolled-back');
      expect(said((await again.run([COMMANDS[0]]))[0])).toContain('dev eth1');
    });

    test('does not fire once it was confirmed, nor when it is asked for then', async () => {
      await session.change(request());
      const other = await mended();
      expect(await other.ledger('f1', 'confirm')).toMatchObject({ state: 'confirmed' });
      clock.at += 1_000_000;
      expect(await other.ledger('f1', 'roll-back')).toMatchObject({ state: 'confirmed' });
      expect(world.state).toBe('after:delete-connected-route');
    });

    test('happens when it is asked for, once', async () => {
      await session.change(request());
      expect(await (await mended()).ledger('f1', 'roll-back')).toMatchObject({
        state: 'rolled-back',
        detail: 'The node restored itself as asked.',
      });
      expect(await (await reach(shell)).ledger('f1', 'confirm')).toMatchObject({ state: 'rolled-back' });
    });

    test('leaves a node that can be mended again, under another fix id', async () => {
      await session.change(request());
      await (await mended()).ledger('f1', 'roll-back');
      const again = await reach(shell);
      expect(await again.change(request())).toMatchObject({ state: 'rolled-back' });
      expect(await again.change(request({ fix: 'f2' }))).toMatchObject({ state: 'applied' });
      expect(world.state).toBe('after:delete-connected-route');
    });
  });

  describe('the ledger', () => {
    test('knows nothing of fixes that never began, nor of those of another node', async () => {
      expect(await session.ledger('f1', 'status')).toBeNull();
      expect(await session.ledger('f1', 'confirm')).toBeNull();
      await session.change(request());
      expect(await (await reach(shell, peer)).ledger('f1', 'roll-back')).toBeNull();
      expect(world.state).toBe('after:delete-connected-route');
    });

    test('is empty again after a reset', async () => {
      await session.change(request());
      world.reset();
      expect(world.state).toBe('broken');
      expect(await session.ledger('f1', 'status')).toBeNull();
    });
  });

  describe('doors', () => {
    test('are tried in order: configured ones first, each once', async () => {
      const addresses = [
        { address: '10.0.10.207', from: 'node-status' },
        { address: '192.0.2.7', from: 'configured', port: 2222 },
        { address: '10.0.10.207', from: 'node-status' },
        { address: '10.0.10.190', from: 'node-status' },
      ] as const;
      const reached = await reach(shell, target({ addresses }));
      expect(reached.tried.map(({ door, because }) => [door.address, door.port, because])).toEqual([
        ['192.0.2.7', 2222, 'the recording does not say whether it opens'],
        ['10.0.10.207', 22, 'no answer within 5 s'],
      ]);
      expect(reached.door.address).toBe('10.0.10.190');
    });

    test('that are not allowed are not tried', async () => {
      expect(await shell.open(target({ only: ['10.0.10.207'] }))).toEqual({
        reached: false,
        gap: 'unreachable',
        sentence: `No door of ${NODE} opened (10.0.10.207: no answer within 5 s), so netdiag cannot look at the node itself.`,
        tried: [{ door: { address: '10.0.10.207', port: 22, from: 'recording' }, because: 'no answer within 5 s' }],
      });
      expect(await shell.open(target({ only: [] }))).toMatchObject({
        reached: false,
        tried: [],
        sentence: /no address/,
      });
    });

    test('through another node open where that was recorded', async () => {
      const doors = new Map([[NODE, new Map([['10.0.10.207 through ip-10-0-10-115', true as const]])]]);
      const broken = recording.states.get('broken')!;
      const jumping = { ...broken, doors: new Map([...broken.doors, ...doors]) };
      const other = new World({ ...recording, states: new Map([['broken', jumping]]) }, clock);
      const through = await reach(recordedNodeShell(other), target({ jump: peer }));
      expect(through.door).toMatchObject({ address: '10.0.10.207', jump: 'ip-10-0-10-115' });
      expect(through.tried.map(({ door }) => door.jump ?? door.address)).toEqual(['10.0.10.207', '10.0.10.190']);
    });

    test('through a node that cannot be reached either stay closed', async () => {
      const jump = { name: 'ip-10-0-10-115', addresses: [{ address: '192.0.2.1', from: 'node-status' }] } as const;
      const reached = await shell.open(target({ only: ['10.0.10.207'], jump }));
      expect(reached).toMatchObject({
        reached: false,
        tried: [{ door: { address: '10.0.10.207' } }, { because: 'ip-10-0-10-115 could not be reached either' }],
      });
    });

    test('of a node that was never recorded: a gap of its own', async () => {
      expect(await shell.open(target({ name: 'elsewhere' }))).toMatchObject({ reached: false, gap: 'not-recorded' });
    });

    test('of a node nobody waits for any more', async () => {
      expect(await shell.open(target(), AbortSignal.abort())).toMatchObject({ reached: false, gap: 'timed-out' });
    });
  });

  describe('commands', () => {
    test('that are not recorded are a gap, beside those that are', async () => {
      const outputs = await session.run([{ argv: ['hostname'] }, { argv: ['hostname', '-f'] }, { argv: ['hostname'] }]);
      expect(outputs.map(({ gap }) => gap)).toEqual([undefined, 'not-recorded', undefined]);
    });

    test('with a name of their own are found by it alone', async () => {
      const [named, other] = await session.run([
        { argv: ['nstat', '--another', 'way'], key: 'nstat/before' },
        { argv: ['nstat', '-az'] },
      ]);
      expect(said(named)).toContain('IpReversePathFilter');
      expect(other?.gap).toBe('not-recorded');
    });

    test('answer nothing on a closed session, and nothing to somebody who gave up', async () => {
      expect(await session.run([{ argv: ['hostname'] }], AbortSignal.abort())).toMatchObject([{ gap: 'timed-out' }]);
      await session.close();
      expect(await session.run([{ argv: ['hostname'] }])).toMatchObject([{ gap: 'unreachable' }]);
    });

    test('take their recorded time only where a pace is set', async () => {
      await session.run([{ argv: ['hostname'] }, { argv: ['nstat'], key: 'nstat/before' }]);
      expect(clock.slept).toEqual([]);
      const slow = recordedNodeShell(new World(recording, clock, { pace: 2 }));
      await (await reach(slow)).run([{ argv: ['hostname'] }, { argv: ['nstat'], key: 'nstat/before' }]);
      expect(clock.slept).toEqual([90]);
    });
  });
});
