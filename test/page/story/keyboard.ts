import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { focus, liveMessage, press } from '../thread.ts';
import { INCIDENTS, repaired } from './incident.ts';
import type { Story } from './story.ts';

const { node, recording, symptom, cause } = INCIDENTS.i1;

/** From the form to the repaired node with Tab, arrows, letters, Enter and Escape alone, as two people. */
export const keyboard: Story = {
  shows: 'from the form to the repaired node without a mouse, as requester and as approver',
  setting: { recordings: [recording] },
  async play(_stage, windows) {
    const page = await windows.open();
    const { keyboard: keys } = page;
    const message = page.getByRole('textbox', { name: 'Message' });
    await focus(page, page.getByRole('link', { name: 'Skip to the message box' }));
    await keys.press('Enter');
    await keys.type('/netdiag');
    await keys.press('Enter');
    const form = page.getByRole('dialog', { name: 'Start a diagnosis' });
    await form.getByRole('combobox', { name: 'Node' }).waitFor();
    await keys.type('10-207');
    await form.getByText('1 to choose from').waitFor();
    await keys.press('ArrowDown');
    await keys.press('Enter');
    await press(page, form.getByRole('button', { name: 'Start' }));
    await form.waitFor({ state: 'hidden' });

    await press(page, liveMessage(page, node).getByRole('button', { name: /open thread/ }));
    const thread = page.getByRole('region', { name: 'Thread', exact: true });
    await press(page, thread.getByRole('button', { name: symptom, exact: true }));
    await thread.getByText(cause).first().waitFor();
    const card = thread.getByRole('article').filter({ hasText: 'Fix A — ' });
    await press(page, card.locator('summary').first());
    await press(page, card.getByRole('button', { name: 'Reject…' }));
    const reason = page.getByRole('dialog', { name: 'Reject the fix' });
    await reason.waitFor();
    await keys.press('Escape');
    await reason.waitFor({ state: 'hidden' });

    await become(page, 'Sam Second');
    await press(page, thread.getByRole('button', { name: 'Approve Fix A' }), 80);
    await repaired(page);
    await keys.press('Escape');
    assert.equal(await thread.isVisible(), false, 'Escape closes the thread');
    await focus(page, message, 80);
  },
};

/** Chooses who sits in front of the window, by the letters of the name. */
async function become(page: Page, name: string): Promise<void> {
  const person = page.getByRole('combobox', { name: 'Signed in as' });
  await focus(page, person, 80);
  await page.keyboard.type(name.slice(0, 2));
  await page.locator('#person option:checked').filter({ hasText: name }).waitFor({ state: 'attached' });
}
