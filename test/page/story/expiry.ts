import assert from 'node:assert/strict';
import { sam } from '../person.ts';
import { openThread } from '../thread.ts';
import { approve, diagnosed, INCIDENTS, repaired } from './incident.ts';
import type { Story } from './story.ts';

const { node, recording } = INCIDENTS.i3;

/** Nobody approves in time: the card says so, its buttons are gone, a press that was under way counts no more. Looking again offers it anew. */
export const expiry: Story = {
  shows: 'an offer expires, cannot be approved any more, and is offered again after looking again',
  setting: { recordings: [recording] },
  async play(stage, windows) {
    const page = await windows.open();
    const thread = await diagnosed(page, INCIDENTS.i3);
    const approver = await windows.open(sam);
    const button = (await openThread(approver, node)).getByRole('button', { name: 'Approve Fix A' });
    await button.waitFor();
    stage.clock.hasten(15 * 60_000 + 1_000);
    await button.waitFor({ state: 'detached' });
    await thread
      .getByText(/^Expired/)
      .first()
      .waitFor();
    assert.equal(await thread.getByRole('button', { name: /Approve|Reject/ }).count(), 0);
    await thread.getByText(`The cause is known; nothing was changed on ${node}`).first().waitFor();
    assert.equal(stage.worlds.get(recording)?.state, 'broken');
    await thread.getByRole('button', { name: 'Look again' }).click();
    await approve(approver, node, 'B');
    await repaired(page);
  },
};
