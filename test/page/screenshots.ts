import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { launchChrome } from './chrome.ts';
import { small } from './png.ts';
import { sam } from './person.ts';
import { Practice } from './practice.ts';
import { liveMessage, openThread, say } from './thread.ts';

const NODE = 'ip-10-0-10-207';
const desktop = { viewport: { width: 1200, height: 1240 } };
const LOOKS: Readonly<Record<string, BrowserContextOptions>> = {
  light: desktop,
  dark: { ...desktop, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
};

/** What the README shows; with --all, every moment in every look. */
const SHOWN: readonly string[] = [
  'finding-light',
  'approval-dark',
  'summary-light',
  'question-phone',
  'finding-phone',
  'picture-dark',
  'picture-phone',
];

/**
 * Plays I1 in practice and photographs its thread: `node test/page/screenshots.ts [--all] [--to DIRECTORY]`.
 * Pictures have 256 colours at most, which keeps them small.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { all: { type: 'boolean' }, to: { type: 'string' } } });
  const to = values.to ?? join(import.meta.dirname, '../../docs/screenshot');
  mkdirSync(to, { recursive: true });
  const browser = await launchChrome();
  try {
    await using practice = await Practice.start(browser);
    const windows: Record<string, Page> = {};
    for (const [look, options] of Object.entries(LOOKS)) windows[look] = await practice.window(undefined, options);
    const photograph = async (moment: string, words: string | RegExp): Promise<void> => {
      for (const [look, page] of Object.entries(windows)) {
        if (values.all !== true && !SHOWN.includes(`${moment}-${look}`)) continue;
        await bringUp(page, words);
        writeFileSync(join(to, `${moment}-${look}.png`), small(await page.screenshot()));
      }
    };
    const { light, phone } = windows;
    if (light === undefined || phone === undefined) throw new TypeError('a look is missing');
    await say(light, `/netdiag ${NODE}`);
    for (const page of Object.values(windows)) await openThread(page, NODE);
    const thread = light.getByRole('region', { name: 'Thread' });
    await liveMessage(light, NODE).getByText('Waiting for an answer in the thread').waitFor();
    await photograph('question', 'What do you see?');
    await thread.getByRole('button', { name: 'kubectl logs/exec fails' }).click();
    await liveMessage(light, NODE).getByText('waiting for an approval').waitFor();
    await thread.getByRole('link', { name: 'Download capture-eth1.pcap' }).waitFor();
    await photograph('finding', /^Replies from .* leave through the wrong interface\. /);
    await photograph('picture', 'What became of the 14 marked packets');
    await photograph('approval', /^Fix A — /);
    await thread.getByRole('button', { name: 'Approve Fix A' }).click();
    await photograph('refused', /^You started this incident/);
    const approver = await practice.window(sam);
    await (await openThread(approver, NODE)).getByRole('button', { name: 'Approve Fix A' }).click();
    await liveMessage(light, NODE).getByRole('region', { name: 'Repaired' }).waitFor();
    await photograph('summary', /^Repaired in /);
    if (values.all !== true) return;
    await phone.getByRole('button', { name: 'Close thread' }).click();
    writeFileSync(join(to, 'channel-phone.png'), small(await phone.screenshot()));
  } finally {
    await browser.close();
  }
}

/** Scrolls the message with these words to the top of the thread; the mouse is out of sight. */
async function bringUp(page: Page, words: string | RegExp): Promise<void> {
  const thread = page.getByRole('region', { name: 'Thread' });
  const message = thread
    .getByRole('article')
    .filter({ has: page.getByText(words) })
    .last();
  await message.waitFor();
  await message.evaluate((node) => node.scrollIntoView({ block: 'start' }));
  for (const picture of await message.getByRole('img').all()) await picture.evaluate((node) => node.decode());
  await page.mouse.move(0, 0);
}

await main();
