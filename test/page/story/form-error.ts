import assert from 'node:assert/strict';
import { liveMessage } from '../thread.ts';
import { INCIDENTS } from './incident.ts';
import type { Story } from './story.ts';

const { node, recording, symptom } = INCIDENTS.i1;

/** A form that is sent with a fault says at the field what is wrong, keeps what was entered, and starts once it is right. */
export const formError: Story = {
  shows: 'a form with an empty or wrong field says so at the field, and starts when it is mended',
  setting: { recordings: [recording] },
  async play(_stage, windows) {
    const page = await windows.open();
    await page.getByRole('button', { name: 'Shortcuts' }).first().click();
    await page.getByRole('menuitem', { name: /Start a node diagnosis/ }).click();
    const form = page.getByRole('dialog', { name: 'Start a diagnosis' });
    await form.getByRole('button', { name: 'Start' }).click();
    await form.getByText('Please complete this required field.').first().waitFor();

    await form.getByRole('combobox', { name: 'Node' }).fill('207');
    await form.getByRole('option', { name: node }).click();
    await form.getByRole('combobox', { name: 'What do you see?' }).selectOption({ label: symptom });
    const channel = form.getByRole('combobox', { name: 'Channel' });
    await channel.selectOption({ label: '#general' });
    await form.getByRole('button', { name: 'Start' }).click();
    await form.getByText(/^netdiag is not in this channel\./).waitFor();
    assert.equal(await channel.getAttribute('aria-invalid'), 'true');
    assert.equal(
      await form.getByRole('combobox', { name: 'Node' }).inputValue(),
      node,
      'what was entered is still there',
    );

    await channel.selectOption({ label: '#incidents' });
    await form.getByRole('button', { name: 'Start' }).click();
    await form.waitFor({ state: 'hidden' });
    await liveMessage(page, node).getByText('waiting for an approval').waitFor();
  },
};
