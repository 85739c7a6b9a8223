import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { tooWide, violations } from '../axe.ts';
import { LOOKS } from '../look.ts';
import type { Look } from '../look.ts';
import { sam, signIn } from '../person.ts';
import { liveMessage, openThread, say } from '../thread.ts';
import { approve, INCIDENTS, repaired } from './incident.ts';
import type { Story } from './story.ts';

const { node, recording, symptom, cause } = INCIDENTS.i1;

/** Every screen of an incident is one that everybody can use: axe finds nothing serious, and nothing is wider than the window. */
export function everybody(look: Look): Story {
  return {
    shows: `every screen of an incident is without a serious violation: ${look}`,
    setting: { recordings: [recording] },
    async play(_stage, windows) {
      const page = await windows.open(undefined, LOOKS[look]);
      const thread = page.getByRole('region', { name: 'Thread', exact: true });
      const form = page.getByRole('dialog');
      await sees(page, 'the channel');
      await openHome(page);
      await sees(page, 'the Home tab of a quiet cluster');
      await page.getByRole('button', { name: 'incidents', exact: true }).click();

      await say(page, '/netdiag');
      await form.getByRole('option').first().waitFor();
      await sees(page, 'the form');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await form.waitFor({ state: 'hidden' });
      await say(page, '/netdiag help');
      await page.getByText('Only visible to you').first().waitFor();
      await sees(page, 'help');

      await say(page, `/netdiag ${node}`);
      await openThread(page, node);
      await thread.getByRole('button', { name: symptom }).waitFor();
      await sees(page, 'the question');
      await thread.getByRole('button', { name: symptom }).click();
      await thread.getByText(cause).first().waitFor();
      await layOpen(thread);
      await sees(page, 'the finding and the card, all laid open');
      await approve(page, node, 'A');
      await thread.getByText(/^You started this incident/).waitFor();
      await sees(page, 'a refusal');
      await thread.getByRole('button', { name: 'Reject…' }).first().click();
      await form.waitFor();
      await sees(page, 'the form for a reason');
      await page.keyboard.press('Escape');
      await form.waitFor({ state: 'hidden' });

      await signIn(page, sam);
      await page.getByRole('button', { name: 'Close thread' }).click();
      await openHome(page);
      await page
        .locator('#home')
        .getByRole('button', { name: /Approve/ })
        .waitFor();
      await sees(page, 'the Home tab of an approver');
      await page.getByRole('button', { name: 'incidents', exact: true }).click();
      await liveMessage(page, node).getByRole('button', { name: 'Stop', exact: true }).click();
      await page.getByRole('dialog', { name: 'Stop it?' }).waitFor();
      await sees(page, 'the confirmation of Stop');
      await page.keyboard.press('Escape');
      await openThread(page, node);
      await approve(page, node, 'A');
      await repaired(page);
      await layOpen(thread);
      await sees(page, 'the summary');
    },
  };
}

/** Unfolds whatever is folded. */
async function layOpen(thread: Locator): Promise<void> {
  const folded = thread.locator('details:not([open]) > summary');
  while ((await folded.count()) > 0) await folded.first().click();
}

async function openHome(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'netdiag', exact: true }).click();
  await page.locator('#home').getByRole('button', { name: 'Start a diagnosis' }).waitFor();
}

async function sees(page: Page, screen: string): Promise<void> {
  assert.deepEqual([...(await violations(page)), await tooWide(page)], [0], screen);
}
