import assert from 'node:assert/strict';
import { bo, sam, signIn } from '../person.ts';
import { openThread, reject } from '../thread.ts';
import { approve, diagnosed, INCIDENTS, repaired } from './incident.ts';
import type { Story } from './story.ts';

const { node, recording } = INCIDENTS.i1;

/** Who asked and who only looks on are told, each alone, who may approve; the card stays, and an approver's press still counts. */
export const refusal: Story = {
  shows: 'self-approval and a bystander are refused, each told alone who may',
  setting: { recordings: [recording] },
  async play(stage, windows) {
    const page = await windows.open();
    const thread = await diagnosed(page, INCIDENTS.i1);
    await approve(page, node, 'A');
    await thread
      .getByText(/^You started this incident, so someone else has to approve: @Sam Second or @Thea Third\.$/)
      .waitFor();
    const other = await windows.open(bo);
    const seen = await openThread(other, node);
    await approve(other, node, 'A');
    await seen.getByText('You may not approve changes; @Sam Second or @Thea Third may.').waitFor();
    assert.equal(
      await seen.getByText('You started this incident').count(),
      0,
      'what one person is told, another does not see',
    );
    assert.equal(
      await thread.getByText('You may not approve').count(),
      0,
      'what one person is told, another does not see',
    );
    await reject(other, seen.getByRole('article').filter({ hasText: 'Fix A — ' }), 'no');
    await seen.getByText(/^Only those who may approve, or who started the incident, can reject Fix A/).waitFor();
    assert.equal(stage.worlds.get(recording)?.state, 'broken', 'a refused press changes nothing');
    await signIn(page, sam);
    await approve(page, node, 'A');
    await repaired(page);
  },
};
