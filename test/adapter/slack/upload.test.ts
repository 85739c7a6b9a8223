import { expect, test } from 'vitest';
import { Pace } from '../../../src/adapter/slack/pace.ts';
import { Uploads } from '../../../src/adapter/slack/upload.ts';
import { ManualClock } from './manual-clock.ts';

const place = { team: 'T1', channel: 'C1', thread: 'C1:1.1' };
const picture = { name: 'packets.png', title: 'What became of the packets', output: 'p' };

/** Uploads to a Slack that takes everything, and says of the thread what it is told to. */
function uploads(clock: ManualClock, files: () => Promise<boolean | null>) {
  const calls: string[] = [];
  const sharing = new Uploads({
    call: (method) => {
      calls.push(method);
      return Promise.resolve({ upload_url: 'https://files.test/1', file_id: 'F000000001' });
    },
    pace: new Pace(clock, new AbortController().signal),
    postBytes: () => Promise.resolve({ ok: true, status: 200 }),
    posted: { files },
    clock,
  });
  return { calls, share: (name: string) => sharing.share(place, [{ ...picture, name }], (d) => bytesOf(d)) };
}

const bytesOf = (digest: string): Promise<Uint8Array> => Promise.resolve(new TextEncoder().encode(digest));

/** How long it takes, in ms, until something is over. */
async function lasts(clock: ManualClock, work: Promise<unknown>): Promise<number> {
  const from = clock.now();
  const over: number[] = [];
  const done = work.then(() => over.push(clock.now()));
  while (over.length === 0 && clock.now() - from < 20_000) await clock.move(100);
  await done;
  return (over[0] ?? Number.NaN) - from;
}

test.each([
  ['a picture that comes at once', 'packets.png', () => Promise.resolve(true), 400, 500],
  ['a picture that never comes', 'packets.png', () => Promise.resolve(false), 5900, 6100],
  ['a picture where no look is answered', 'packets.png', () => Promise.reject(new Error('cut')), 5900, 6100],
  ['a picture where a look takes for ever', 'packets.png', () => new Promise<never>(() => {}), 5900, 6100],
  ['a picture where nobody may look', 'packets.png', () => Promise.resolve(null), 1900, 2100],
  ['a capture', 'capture-eth0.pcap', () => Promise.reject(new Error('not asked')), 0, 100],
])('%s is waited for as long as it is worth', async (_what, name, files, least, most) => {
  const clock = new ManualClock();
  const { share, calls } = uploads(clock, files);
  const took = await lasts(clock, share(name));
  expect(took).toBeGreaterThanOrEqual(least);
  expect(took).toBeLessThanOrEqual(most);
  expect(calls).toEqual(['files.getUploadURLExternal', 'files.completeUploadExternal']);
});
