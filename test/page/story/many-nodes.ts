import assert from 'node:assert/strict';
import type { Site } from '../../../src/shell/index.ts';
import { liveMessage, say } from '../thread.ts';
import { INCIDENTS } from './incident.ts';
import type { Story } from './story.ts';

const { node, recording } = INCIDENTS.i1;
const NODES = 5_000;

/** One of 5,000 nodes is found by typing a part of its name; at most 100 are listed, and none of it is waited for. */
export const manyNodes: Story = {
  shows: 'a node is chosen among 5,000 by typing',
  setting: { recordings: [recording], sites: ([site]) => (site === undefined ? [] : [crowded(site)]) },
  async play(_stage, windows) {
    const page = await windows.open();
    await say(page, '/netdiag');
    const form = page.getByRole('dialog', { name: 'Start a diagnosis' });
    const box = form.getByRole('combobox', { name: 'Node' });
    const options = form.getByRole('listbox').getByRole('option');
    await options.first().waitFor();
    assert.equal(await options.count(), 100, 'as many as Slack takes');
    await box.fill('worker-42');
    await form
      .getByText('100 to choose from')
      .or(form.getByText(/^(11|The first 100) /))
      .waitFor();
    await box.fill('worker-4242');
    await options.filter({ hasText: 'worker-4242.example' }).waitFor();
    assert.equal(await options.count(), 1);
    await box.fill('nobody-is-called-so');
    await form.getByText('Nothing fits').waitFor();
    await box.fill('10-207');
    await options.filter({ hasText: node }).waitFor();
    await box.press('ArrowDown');
    await box.press('Enter');
    await form.getByRole('button', { name: 'Start' }).click();
    await liveMessage(page, node).getByText('Waiting for an answer in the thread').waitFor();
  },
};

/** The same site among so many nodes more. */
function crowded(site: Site): Site {
  const { cluster } = site;
  const nodes = async (): ReturnType<typeof cluster.nodes> => {
    const known = await cluster.nodes();
    const [first] = known;
    if (first === undefined) return known;
    const more = Array.from({ length: NODES - known.length }, (_, index) => ({
      ...first,
      name: `worker-${index}.example`,
      uid: `made-${index}`,
      addresses: [],
      pool: 'another',
    }));
    return [...known, ...more];
  };
  return { ...site, cluster: { ...cluster, nodes } };
}
