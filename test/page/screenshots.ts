import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Locator, Page } from 'playwright-core';
import { Album } from './album.ts';
import { launchChrome } from './chrome.ts';
import { sam, signIn } from './person.ts';
import { Practice } from './practice.ts';
import { Stage } from './stage.ts';
import { approve, diagnosed, INCIDENTS, repaired } from './story/incident.ts';
import { openThread, pressed, reject, say } from './thread.ts';
import { Windows } from './windows.ts';

const { i1, i3, i4, i5 } = INCIDENTS;
const HEALTHY = 'ip-10-0-10-115';

/** A scene leaves the channel as it found it: no thread open, nobody but the on-call signed in. */
type Scene = (on: { readonly album: Album; readonly stage: Stage; readonly approver: Page }) => Promise<void>;

const thread = (page: Page): Locator => page.getByRole('region', { name: 'Thread', exact: true });
/** The message of the open thread with these words. */
const said =
  (words: string | RegExp) =>
  (page: Page): Locator =>
    thread(page)
      .getByRole('log')
      .getByRole('article')
      .filter({ has: page.getByText(words) });
const unfold = async (card: Locator): Promise<void> => {
  const folded = card.locator('details:not([open]) > summary');
  while ((await folded.count()) > 0) await folded.first().click();
};

const SCENES: Readonly<Record<string, Scene>> = {
  forms: async ({ album }) => {
    const page = album.first;
    await say(page, '/netdiag');
    const form = (one: Page): Locator => one.getByRole('dialog', { name: 'Start a diagnosis' });
    await album.card('form', form, async (one) => {
      await one.getByRole('combobox', { name: 'Node' }).fill('ip-10-');
      const options = one.getByRole('listbox').getByRole('option');
      await options.filter({ hasText: 'dev-' }).first().waitFor({ state: 'detached' });
      await options.first().waitFor();
    });
    await page.bringToFront();
    for (const key of ['Escape', 'Escape']) await form(page).getByRole('combobox', { name: 'Node' }).press(key);
    await form(page).waitFor({ state: 'hidden' });
    await say(page, '/netdiag help');
    await album.card('help', (one) =>
      one.locator('#log').getByRole('article').filter({ hasText: 'Only visible to you' }),
    );
    await say(page, `Since the reboot ${i1.node} is odd, and kylin-19 as well`);
    const message = page.getByRole('article').filter({ hasText: 'Since the reboot' });
    await message.hover();
    await message.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('menuitem', { name: /Diagnose this node/ }).click();
    await album.card('form-select', form);
    await form(page).getByRole('button', { name: 'Cancel' }).click();
  },

  repair: async ({ album, approver }) => {
    const page = album.first;
    await say(page, `/netdiag ${i1.node}`);
    for (const one of album.pages) await openThread(one, i1.node);
    await thread(page).getByRole('button', { name: i1.symptom }).waitFor();
    await album.window('question', undefined, 900);
    await album.card('question-card', said('What do you see?'));
    await pressed(thread(page).getByRole('button', { name: i1.symptom }));
    await thread(page).getByText(i1.cause).first().waitFor();
    await thread(page).getByRole('link', { name: 'Download capture-eth1.pcap' }).waitFor();
    await album.window('finding', (one) => bringUp(one, i1.cause));
    await album.card('finding-card', said(i1.cause));
    await album.card('finding-open', said(i1.cause), unfold);
    await album.card('picture', said('What became of the 14 marked packets'));
    await thread(page).getByRole('button', { name: 'What exactly happens?' }).click();
    await album.card('explained', said('What exactly happens with Fix A'));
    await album.window('approval', (one) => bringUp(one, /^Fix A — /));
    await album.card('approval-card', said(/^Fix A — /));
    await approve(page, i1.node, 'A');
    await album.card('refusal', said(/^You started this incident/));
    await thread(page).getByRole('button', { name: 'Reject…' }).first().click();
    await album.card('form-reason', (one) => one.getByRole('dialog', { name: 'Reject the fix' }));
    await page.getByRole('dialog').getByRole('button', { name: 'Back' }).click();
    await thread(page).getByRole('button', { name: 'Show Fix B' }).click();
    await said(/^Fix B — /)(page).waitFor();
    await approve(approver, i1.node, 'A');
    await repaired(page);
    await thread(page)
      .getByRole('link', { name: /^Download netdiag-/ })
      .waitFor();
    await album.window('summary', (one) => bringUp(one, /^Repaired in /));
    await album.card('approved', said(/^Approved by /));
    await album.card('superseded', said(/^Withdrawn/));
    await album.card('repaired', said(/^Repaired in /), unfold);
    await album.card('live-repaired', (one) => thread(one).locator('#thread-root article'));
    await album.card('bundle', said('Everything that was seen and decided'));
  },

  refused: async ({ album, approver }) => {
    const page = album.first;
    const found = await diagnosed(page, i3);
    for (const one of album.pages.slice(1)) await openThread(one, i3.node);
    await openThread(approver, i3.node);
    await reject(approver, said(/^Fix A — /)(approver), 'not before noon');
    await found
      .getByText(/^The cause is known/)
      .first()
      .waitFor();
    await album.card('rejected', said(/^Rejected by /));
    await album.card('advice', said(/^The cause is known/), unfold);
  },

  expired: async ({ album, stage }) => {
    const page = album.first;
    await thread(page).getByRole('button', { name: 'Look again' }).click();
    await thread(page).getByRole('button', { name: 'Approve Fix B' }).waitFor();
    stage.clock.hasten(15 * 60_000 + 1_000);
    await thread(page).getByRole('button', { name: 'Approve Fix B' }).waitFor({ state: 'detached' });
    await album.card('expired', said(/^Expired/));
  },

  'rolled back': async ({ album, stage, approver }) => {
    const page = album.first;
    await thread(page).getByRole('button', { name: 'Look again' }).click();
    await approve(approver, i3.node, 'C');
    const node = stage.worlds.get(i3.recording);
    while (!node?.state.startsWith('after:')) await new Promise((resolve) => setTimeout(resolve, 1));
    stage.clock.hasten(61_000);
    await thread(page)
      .getByText(/^Not repaired/)
      .first()
      .waitFor();
    await album.card('rolled-back', said(/^Not repaired/), unfold);
    await album.card('live-rolled-back', (one) => thread(one).locator('#thread-root article'));
  },

  'other nodes': async ({ album, approver }) => {
    const page = album.first;
    await diagnosed(page, i4);
    for (const one of album.pages.slice(1)) await openThread(one, i4.node);
    await openThread(approver, i4.node);
    await approve(approver, i4.node, 'A');
    await repaired(page);
    await album.card('sweep', said(/other node has this cause/));
  },

  'two approvals': async ({ album, approver }) => {
    const page = album.first;
    await diagnosed(page, i5);
    for (const one of album.pages.slice(1)) await openThread(one, i5.node);
    await openThread(approver, i5.node);
    for (const letter of ['A', 'B', 'C']) {
      await approve(approver, i5.node, letter);
      if (letter !== 'C')
        await thread(page)
          .getByRole('button', { name: `Approve Fix ${letter}` })
          .waitFor({ state: 'detached' });
    }
    await album.card('approval-cluster', said(/^Fix C — /));
  },

  'nothing found': async ({ album }) => {
    const page = album.first;
    await say(page, `/netdiag ${HEALTHY}`);
    for (const one of album.pages) await openThread(one, HEALTHY);
    await thread(page).getByRole('button', { name: 'kubectl logs/exec fails' }).click();
    await thread(page)
      .getByText(/^Nothing wrong found/)
      .first()
      .waitFor();
    await album.card('nothing-found', said(/^Nothing wrong found/), unfold);
  },

  home: async ({ album }) => {
    // Slack sends an event that a socket loses again, though not at once; whoever waits opens the tab once more.
    const home = async (one: Page): Promise<void> => {
      const shown = one.locator('#home').getByRole('button', { name: 'Start a diagnosis' });
      for (let tries = 0; tries < 5 && !(await shown.isVisible()); tries += 1) {
        await one.getByRole('button', { name: 'netdiag', exact: true }).click();
        await shown.waitFor({ timeout: 8_000 }).catch(() => undefined);
      }
      await shown.waitFor();
    };
    for (const one of album.pages) await signIn(one, sam);
    await album.window('home', home);
  },
};

/**
 * Plays the recorded incidents and photographs every card in light, in dark and on a phone:
 * `node test/page/screenshots.ts [--to DIRECTORY] [SCENE …]`. Pictures have 256 colours at most, which keeps them small. A scene may
 * need the ones before it.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { to: { type: 'string' } }, allowPositionals: true });
  const to = values.to ?? join(import.meta.dirname, '../../docs/screenshot');
  const browser = await launchChrome();
  try {
    if (positionals.length === 0 || positionals.includes('channel')) await beginning(to, browser);
    await using stage = await Stage.open({ pace: 0.25, recordings: ['i1', 'i2', 'i3', 'i4', 'i5'] });
    const windows = new Windows(browser, () => stage.address);
    const album = await Album.open(to, windows);
    const approver = await windows.open(sam);
    for (const [name, scene] of Object.entries(SCENES)) {
      if (positionals.length > 0 && !positionals.includes(name)) continue;
      process.stdout.write(`${name}\n`);
      await scene({ album, stage, approver }).catch(async (error: unknown) => {
        process.stderr.write(`${[...stage.log, ...(await windows.photograph(to))].join('\n')}\n`);
        throw error;
      });
      for (const page of [...album.pages, approver]) {
        const close = page.getByRole('button', { name: 'Close thread' });
        if (name !== 'refused' && name !== 'expired' && (await close.isVisible())) await close.click();
      }
    }
    await windows.close();
  } finally {
    await browser.close();
  }
}

/** What `npm start` opens. */
async function beginning(to: string, browser: Browser): Promise<void> {
  process.stdout.write('channel\n');
  await using practice = await Practice.start(browser);
  await (await Album.open(to, practice.windows)).window('channel', undefined, 900);
}

/** Scrolls the message with these words to the top of the thread; the mouse is out of sight. */
async function bringUp(page: Page, words: string | RegExp): Promise<void> {
  const message = said(words)(page).last();
  await message.waitFor();
  await message.evaluate((node) => node.scrollIntoView({ block: 'start' }));
  for (const picture of await message.getByRole('img').all()) await picture.evaluate((node) => node.decode());
  await page.mouse.move(0, 0);
}

await main();
