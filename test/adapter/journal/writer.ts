import { once } from 'node:events';
import { openJournal } from '../../../src/adapter/journal/index.ts';
import { show, step } from '../../contract/journal.ts';

/** A process that uses a journal until it is ended. Says on stdout, one line each, what the journal has acknowledged. */
const [, , mode, url = '', name = ''] = process.argv;
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const journal = await openJournal(url);

if (mode === 'write') {
  for (let at = 0; ; at += 1) {
    const audit = [{ at, incident: name, by: name, what: `step ${at}`, detail: '' }];
    await journal.advance(step(name, at, { effects: [show(`e${at}`)], audit, inbox: `${name} ${at}` }));
    say(String(at));
  }
}
if (mode === 'lease') {
  say('ready');
  await once(process.stdin, 'data');
  process.stdin.pause();
  for (;;) {
    const taken = await journal.lease(name, 1_000_000, 1_000_000, 3);
    for (const { effect, fence } of taken) say(`${effect.key} ${fence}`);
    if (taken.length === 0) break;
  }
  await journal.close();
}
if (mode === 'fill') {
  const bytes = new Uint8Array(64 * 1024);
  for (let at = 0; at < 1_000; at += 1) {
    new DataView(bytes.buffer).setUint32(0, at);
    try {
      await journal.keep('output', bytes);
    } catch (error) {
      say(error instanceof Error ? `${error.name}: ${error.message}` : 'something else');
      say(`still reading: ${(await journal.open()).length}`);
      break;
    }
  }
  await journal.close().catch((error: unknown) => say(String(error)));
}
