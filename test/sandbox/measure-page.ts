import { chromium } from 'playwright-core';
import { everyMessageBlock } from './every-block.ts';
import { incidents, ona, practise } from './practice.ts';

const MESSAGES = 500;
const ROUNDS = 20;
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];

/**
 * How fast the page is with 500 messages, every tenth with every block: `node test/sandbox/measure-page.ts`. Prints the
 * time from opening the page to its last message, and the middle and the worst of 20 more messages, from the request
 * to the message on the page.
 */
async function main(): Promise<void> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
  await using practice = await practise();
  practice.workspace.rates.enabled = false;
  for (let i = 0; i < MESSAGES; i += 1) {
    const said = { channel: incidents, text: `message ${i} with *bold* words and \`code\`` };
    await practice.call('chat.postMessage', i % 10 === 0 ? { ...said, blocks: everyMessageBlock } : said);
  }
  const page = await browser.newPage();
  await page.goto(practice.said.url);
  await page.getByText(`message ${MESSAGES - 1}`).waitFor();
  const again = performance.now();
  await page.reload();
  await page.getByText(`message ${MESSAGES - 1}`).waitFor();
  const opened = performance.now() - again;
  const each: number[] = [];
  for (let i = 0; i < ROUNDS; i += 1) {
    const start = performance.now();
    await practice.control('say', { user: ona, channel: incidents, text: `one more ${i}.` });
    await page.getByText(`one more ${i}.`).waitFor();
    each.push(performance.now() - start);
  }
  each.sort((a, b) => a - b);
  const ms = (time = 0): string => `${time.toFixed(0)} ms`;
  process.stdout.write(
    `${MESSAGES} messages are on the page after ${ms(opened)}; one more after ${ms(each[ROUNDS / 2])}, at worst ${ms(each.at(-1))}\n`,
  );
  await browser.close();
}

await main();
