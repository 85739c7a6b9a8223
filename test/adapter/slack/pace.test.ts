import { beforeEach, describe, expect, test } from 'vitest';
import { NoAnswer, TooMany } from '../../../src/adapter/slack/gate.ts';
import { calm, Pace, posting, updating } from '../../../src/adapter/slack/pace.ts';
import { ManualClock, settle } from './manual-clock.ts';

let clock: ManualClock;
let stop: AbortController;
let pace: Pace;
let sent: { at: number; what: string }[];

beforeEach(() => {
  clock = new ManualClock(0);
  stop = new AbortController();
  pace = new Pace(clock, stop.signal);
  sent = [];
});

/** A call that is noted and answers at once. */
const say = (what: string) => async (): Promise<string> => {
  sent.push({ at: clock.now(), what });
  return Promise.resolve(what);
};

/** A call that fails the first times, then answers. */
const failing =
  (what: string, ...problems: Error[]) =>
  async (): Promise<string> => {
    sent.push({ at: clock.now(), what });
    const problem = problems.shift();
    return problem === undefined ? Promise.resolve(what) : Promise.reject(problem);
  };

/** Most calls within any window of `ms`. */
function busiest(ms: number): number {
  return Math.max(...sent.map(({ at }) => sent.filter((one) => one.at >= at && one.at < at + ms).length));
}

describe('updates', () => {
  test('the first one goes out at once', async () => {
    expect(await pace.update('m', say('a'))).toBe('a');
    expect(sent).toEqual([{ at: 0, what: 'a' }]);
  });

  test('only the newest of those that wait is sent, and all who wait get its outcome', async () => {
    const before = Array.from({ length: updating.calls }, (_, i) => pace.update(`x${i}`, say('x')));
    await Promise.all(before);
    const waiting = [pace.update('m', say('old')), pace.update('m', say('newer')), pace.update('m', say('newest'))];
    await clock.move(updating.ms);
    expect(await Promise.all(waiting)).toEqual(['newest', 'newest', 'newest']);
    expect(sent.map((one) => one.what).filter((what) => what !== 'x')).toEqual(['newest']);
  });

  test('one that is asked for while another is under way is sent afterwards', async () => {
    let finish: () => void = () => {};
    const slow = pace.update('m', async () => {
      sent.push({ at: clock.now(), what: 'first' });
      await new Promise<void>((resolve) => (finish = resolve));
    });
    await settle();
    const last = pace.update('m', say('last'));
    await settle();
    expect(sent.map((one) => one.what)).toEqual(['first']);
    finish();
    await clock.move(calm);
    await Promise.all([slow, last]);
    expect(sent.map((one) => one.what)).toEqual(['first', 'last']);
  });

  test('changes in quick succession become one update, those of other messages are not held up', async () => {
    await pace.update('m', say('a'));
    const changes = ['b', 'c', 'd'].map((what) => pace.update('m', say(what)));
    await pace.update('other', say('x'));
    await clock.move(calm);
    await Promise.all(changes);
    expect(sent.map((one) => one.what)).toEqual(['a', 'x', 'd']);
    expect(await pace.update('n', say('n'))).toBe('n');
  });

  test('200 changes a second of 5 messages stay under 50 a minute, all messages get their turn, and the end is right', async () => {
    const all: Promise<unknown>[] = [];
    for (let i = 0; i < 12_000; i += 1) {
      all.push(pace.update(`m${i % 5}`, say(`m${i % 5} state ${i}`)));
      if (i % 20 === 0) await clock.move(100);
    }
    await clock.move(60_000);
    await Promise.all(all);
    expect(busiest(60_000)).toBeLessThanOrEqual(45);
    for (let m = 0; m < 5; m += 1) {
      const own = sent.filter((one) => one.what.startsWith(`m${m} `));
      expect(own.length).toBeGreaterThan(6);
      expect(own.at(-1)?.what).toBe(`m${m} state ${11_995 + m}`);
    }
  });

  test('a pause that Slack asks for is kept, and the newest state follows it', async () => {
    const first = pace.update('m', failing('first', new TooMany(30_000)));
    await settle();
    const second = pace.update('m', say('second'));
    await clock.move(29_999);
    expect(sent.map((one) => one.what)).toEqual(['first']);
    await clock.move(1);
    expect(await Promise.all([first, second])).toEqual(['second', 'second']);
    expect(sent.at(-1)).toEqual({ at: 30_000, what: 'second' });
  });

  test('one that Slack does not answer is tried again, at last given up with the reason', async () => {
    const good = pace.update('m', failing('good', new NoAnswer('cut'), new NoAnswer('cut')));
    const bad = pace.update('n', async () => Promise.reject(new NoAnswer('Slack did not answer chat.update: gone')));
    const ends = Promise.allSettled([good, bad]);
    await clock.move(120_000);
    expect(await ends).toMatchObject([
      { status: 'fulfilled', value: 'good' },
      { status: 'rejected', reason: { message: 'Slack did not answer chat.update: gone' } },
    ]);
  });

  test('a refusal reaches the caller and the message can be updated again', async () => {
    await expect(pace.update('m', async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await pace.update('m', say('yes'))).toBe('yes');
  });
});

describe('posts', () => {
  test('keep their order in a channel, whatever each takes', async () => {
    let finish: () => void = () => {};
    const first = pace.post('C1', async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      sent.push({ at: clock.now(), what: 'first' });
    });
    const second = pace.post('C1', say('second'));
    await settle();
    finish();
    await Promise.all([first, second]);
    expect(sent.map((one) => one.what)).toEqual(['first', 'second']);
  });

  test('wait for their turn in one channel, not in another', async () => {
    const many = Array.from({ length: 12 }, (_, i) => pace.post('C1', say(`one ${i}`)));
    await settle();
    expect(await pace.post('C2', say('two'))).toBe('two');
    expect(sent.at(-1)).toEqual({ at: 0, what: 'two' });
    await clock.move(60_000);
    await Promise.all(many);
    sent = sent.filter((one) => one.what !== 'two');
    expect(busiest(posting.ms)).toBe(posting.calls);
    expect(sent.map((one) => one.what)).toEqual(Array.from({ length: 12 }, (_, i) => `one ${i}`));
  });

  test('are not repeated when Slack does not answer, and the next one still goes out', async () => {
    const lost = pace.post('C1', failing('lost', new NoAnswer('cut')));
    const next = pace.post('C1', say('next'));
    await expect(lost).rejects.toThrow('cut');
    expect(await next).toBe('next');
    expect(sent.map((one) => one.what)).toEqual(['lost', 'next']);
  });

  test('are repeated after a pause that Slack asked for, before the next one', async () => {
    const all = [pace.post('C1', failing('held', new TooMany(2000))), pace.post('C1', say('next'))];
    await clock.move(2000);
    await Promise.all(all);
    expect(sent.map((one) => one.what)).toEqual(['held', 'held', 'next']);
  });
});

test('a pause for one method delays no other', async () => {
  const held = pace.update('m', failing('update', new TooMany(60_000)));
  await settle();
  await pace.post('C1', say('post'));
  await pace.call('chat.postEphemeral', say('whisper'));
  expect(sent.map((one) => one.at)).toEqual([0, 0, 0]);
  await clock.move(60_000);
  expect(await held).toBe('update');
});

test('is idle when everything has ended, and not before', async () => {
  let idle = false;
  const held = pace.update('m', failing('update', new TooMany(5000)));
  const waiting = pace.idle().then(() => (idle = true));
  await clock.move(4999);
  expect(idle).toBe(false);
  await clock.move(1);
  await Promise.all([held, waiting]);
  expect(idle).toBe(true);
});

test('everything that waits ends with a sentence when netdiag stops', async () => {
  const held = pace.update('m', failing('update', new TooMany(60_000)));
  const post = pace.post('C1', failing('post', new TooMany(60_000)));
  await settle();
  stop.abort();
  const ends = await Promise.allSettled([held, post]);
  expect(ends).toMatchObject([
    { status: 'rejected', reason: { message: 'netdiag is stopping and did not call Slack.' } },
    { status: 'rejected', reason: { message: 'netdiag is stopping and did not call Slack.' } },
  ]);
});
