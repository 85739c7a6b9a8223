import { sam } from '../person.ts';
import { liveMessage, openThread, say } from '../thread.ts';
import { approve, INCIDENTS, repaired } from './incident.ts';
import type { Story } from './story.ts';

const { node, recording, symptom, cause } = INCIDENTS.i1;

/** netdiag is restarted while its question stands, while its fix waits, and while its fix is on the way. */
export const restart: Story = {
  shows: 'netdiag is restarted before the answer, before the approval and in the middle of the change, and goes on',
  setting: { recordings: [recording], pace: 0.25 },
  async play(stage, windows) {
    const page = await windows.open();
    const line = page.locator('#line-state');
    await say(page, `/netdiag ${node}`);
    const thread = await openThread(page, node);
    const answer = thread.getByRole('button', { name: symptom });
    await answer.waitFor();

    await stage.leave();
    await line.filter({ hasText: 'netdiag is not connected' }).waitFor();
    await answer.click();
    await page.getByText('This action did not work: the app did not respond.').waitFor();
    await stage.enter();
    await line.filter({ hasText: 'netdiag is connected' }).waitFor();
    await answer.click();
    await thread.getByText(cause).first().waitFor();
    await thread.getByRole('button', { name: 'Approve Fix A' }).waitFor();

    await stage.leave();
    await stage.enter();
    const approver = await windows.open(sam);
    await approve(approver, node, 'A');
    await thread.getByText(/^Approved by @Sam Second/).waitFor();

    await stage.leave();
    await stage.enter();
    await repaired(page);
    await liveMessage(page, node).getByText('Rollback disarmed').waitFor();
  },
};
