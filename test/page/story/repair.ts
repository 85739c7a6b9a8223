import assert from 'node:assert/strict';
import { sam, thea } from '../person.ts';
import { openThread } from '../thread.ts';
import { approve, diagnosed, repaired } from './incident.ts';
import type { Incident } from './incident.ts';
import type { Story } from './story.ts';

/** A recorded incident from the command to the repaired node, by a requester and an approver who click. */
export function repair(incident: Incident): Story {
  const { recording, node, fixes, runs, lasting } = incident;
  return {
    shows: `${recording} is found, proven, approved by somebody else and repaired`,
    setting: { recordings: [recording], pace: 0.1 },
    async play(stage, windows) {
      const requester = await windows.open();
      const thread = await diagnosed(requester, incident);
      await thread.getByRole('img', { name: /^Packet ladder/ }).waitFor();
      await thread
        .getByRole('link', { name: /^Download capture-/ })
        .first()
        .waitFor();
      const approvers = [await windows.open(sam), await windows.open(thea)];
      for (const approver of approvers) await (await openThread(approver, node)).getByText(runs).first().waitFor();
      assert.equal(stage.worlds.get(recording)?.state, 'broken', 'nothing is changed before an approval');
      for (const [letter, needed] of Object.entries(fixes)) {
        if (letter === Object.keys(fixes).at(-1) && lasting !== undefined)
          await thread.getByRole('button', { name: lasting }).click();
        for (const approver of approvers.slice(0, needed)) await approve(approver, node, letter);
        await thread.getByRole('button', { name: `Approve Fix ${letter}` }).waitFor({ state: 'detached' });
      }
      await repaired(requester);
      assert.match(stage.worlds.get(recording)?.state ?? '', /^after:/, 'the recorded node is repaired');
      await thread
        .getByRole('link', { name: /^Download netdiag-.*\.json/ })
        .first()
        .waitFor();
    },
  };
}
