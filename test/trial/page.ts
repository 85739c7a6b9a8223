import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchChrome, noChrome } from '../page/chrome.ts';
import { played } from '../page/story/play.ts';
import { stories } from '../page/story/index.ts';

/**
 * Plays every story in the browser, or those named: what people see and press, from `/netdiag` to the end. True when all are as
 * they should be; of one that is not, pictures of its windows lie in a temporary directory that is named.
 */
export async function pageTrial(names: readonly string[]): Promise<boolean> {
  if (noChrome) return false;
  const unknown = names.filter((name) => !Object.hasOwn(stories, name));
  if (unknown.length > 0) {
    process.stderr.write(`no story is called ${unknown.join(' or ')}; there are ${Object.keys(stories).join(', ')}\n`);
    return false;
  }
  let failures = 0;
  const browser = await launchChrome();
  try {
    for (const [name, story] of Object.entries(stories)) {
      if (names.length > 0 && !names.includes(name)) continue;
      const began = performance.now();
      const wrong = await played(browser, story, (windows) =>
        windows.photograph(mkdtempSync(join(tmpdir(), `netdiag-page-${name}-`))),
      );
      if (wrong.length > 0) failures += 1;
      const took = ((performance.now() - began) / 1000).toFixed(0);
      process.stdout.write(`${name}: ${wrong.length === 0 ? story.shows : wrong.join('\n  ')}, ${took} s\n`);
    }
  } finally {
    await browser.close();
  }
  return failures === 0;
}
