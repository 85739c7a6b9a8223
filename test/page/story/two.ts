import assert from 'node:assert/strict';
import { bo, sam } from '../person.ts';
import { liveMessage, openThread } from '../thread.ts';
import { approve, diagnosed, INCIDENTS, repaired } from './incident.ts';
import type { Story } from './story.ts';

const { i1, i3 } = INCIDENTS;
const PLACES = [
  [i1, 'incidents'],
  [i3, 'platform-private'],
] as const;

/** Two incidents at once, each on a node and in a channel of its own: neither waits for the other, nor is seen in the other's channel. */
export const two: Story = {
  shows: 'two incidents at once, on two nodes and in two channels, keep apart',
  setting: { recordings: ['i1', 'i3'], pace: 0.25 },
  async play(stage, windows) {
    const pages = await Promise.all(PLACES.map(() => windows.open()));
    await Promise.all(
      PLACES.map(async ([incident, channel], index) => {
        const page = pages[index];
        assert.ok(page);
        await page.getByRole('button', { name: channel, exact: true }).click();
        await diagnosed(page, incident);
        const approver = await windows.open(sam);
        await approver.getByRole('button', { name: channel, exact: true }).click();
        await openThread(approver, incident.node);
        await approve(approver, incident.node, 'A');
        await repaired(page);
      }),
    );
    for (const [index, [, channel]] of PLACES.entries()) {
      const page = pages[index];
      const other = PLACES[1 - index]?.[0].node ?? '';
      assert.ok(page);
      assert.equal(await liveMessage(page, other).count(), 0, `${other} is not spoken of in ${channel}`);
    }
    for (const name of ['i1', 'i3']) assert.match(stage.worlds.get(name)?.state ?? '', /^after:/);
    const stranger = await windows.open(bo);
    assert.equal(await stranger.getByRole('button', { name: 'platform-private' }).count(), 0);
    await liveMessage(stranger, i1.node).waitFor();
    await stranger.getByRole('button', { name: 'netdiag', exact: true }).click();
    const home = stranger.locator('#home');
    await home.getByText(i1.node).first().waitFor();
    assert.equal(await home.getByText(i3.node).count(), 0, 'the Home tab hides what a private channel holds');
  },
};
