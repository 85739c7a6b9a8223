import { sam } from '../person.ts';
import { openThread, say } from '../thread.ts';
import { approve, INCIDENTS, repaired } from './incident.ts';
import type { Story } from './story.ts';

const { node, recording, symptom, cause } = INCIDENTS.i1;

/** Slack renews one socket while somebody answers, then every socket is cut, once before the approval and once after it. */
export const reconnect: Story = {
  shows: 'a socket is renewed and all sockets are cut in the middle, and nothing is lost that was acknowledged',
  setting: { recordings: [recording], pace: 0.25 },
  excused: /^error (no_ack|Slack SDK: WebSocket error)/,
  async play(stage, windows) {
    const page = await windows.open();
    const line = page.locator('#line-state');
    const until = async (sockets: number): Promise<void> => {
      while (((await stage.control('state'))['connections'] as unknown[]).length !== sockets)
        await new Promise((resolve) => setTimeout(resolve, 50));
    };
    await until(2);
    await say(page, `/netdiag ${node}`);
    const thread = await openThread(page, node);
    await thread.getByRole('button', { name: symptom }).waitFor();
    const { connections } = await stage.control('state');
    await stage.control('disconnect', { reason: 'refresh_requested', number: (connections as number[])[0] });
    await thread.getByRole('button', { name: symptom }).click();
    await thread.getByText(cause).first().waitFor();
    await until(2);

    await stage.control('drop', {});
    await line.filter({ hasText: 'netdiag is not connected' }).waitFor();
    const approver = await windows.open(sam);
    await openThread(approver, node);
    await line.filter({ hasText: 'netdiag is connected' }).waitFor();
    await approve(approver, node, 'A');
    await thread.getByText(/^Approved by @Sam Second/).waitFor();
    await stage.control('drop', {});
    await repaired(page);
  },
};
