import { expect, test } from 'vitest';
import { Intake, mostAtOnce } from '../../../src/adapter/slack/intake.ts';

/** What an intake needs, as far as commands go; the journal answers when it is told to. */
function busy() {
  const told: string[] = [];
  const gate = Promise.withResolvers<boolean>();
  let recorded = 0;
  const parts = {
    journal: {
      receive: () => {
        recorded += 1;
        return gate.promise;
      },
      handled: () => Promise.resolve(),
      unhandled: () => Promise.resolve([]),
    },
    acting: { act: () => Promise.resolve(null) },
    home: { press: () => undefined },
    reply: (_: unknown, sentence: string) => {
      told.push(sentence);
      return Promise.resolve();
    },
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    log: () => undefined,
  } as unknown as ConstructorParameters<typeof Intake>[0];
  return { intake: new Intake(parts), told, gate, recorded: () => recorded };
}

function command(n: number): object {
  return {
    command: '/netdiag',
    text: 'ip-10-0-10-207',
    user_id: `U${n}`,
    user_name: 'ona',
    team_id: 'T1',
    channel_id: 'C1',
    response_url: 'https://hooks.slack.com/commands/1',
    trigger_id: `trigger-${n}`,
  };
}

test('T36: 1,000 commands at once are all acknowledged; what is beyond the queue is told to come back, and not recorded', async () => {
  const { intake, told, gate, recorded } = busy();
  let acked = 0;
  const taken = Array.from({ length: 1000 }, (_, n) =>
    intake.take(command(n), () => {
      acked += 1;
      return Promise.resolve();
    }),
  );
  await Promise.all(taken.slice(mostAtOnce));
  expect(told).toHaveLength(1000 - mostAtOnce);
  expect(told.every((sentence) => sentence.includes('Try again in a minute'))).toBe(true);
  expect(recorded()).toBe(mostAtOnce);
  gate.resolve(true);
  await intake.drain();
  expect(acked).toBe(1000);
});

test('afterwards there is room again', async () => {
  const { intake, told, gate, recorded } = busy();
  gate.resolve(true);
  for (let n = 0; n < 3; n += 1) await intake.take(command(n), () => Promise.resolve());
  expect(told).toEqual([]);
  expect(recorded()).toBe(3);
});
