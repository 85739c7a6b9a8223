import { recordedCluster, recordedNodeShell, World } from '../../src/adapter/recorded/index.ts';
import type { Sink } from '../../src/adapter/recorded/index.ts';
import { systemClock } from '../../src/cli/system.ts';
import { probeById } from '../../src/probe/index.ts';
import type { Site } from '../../src/shell/index.ts';
import { play } from './play.ts';
import { entered } from './record-back.ts';
import type { WAYS } from './take.ts';

/**
 * Asks the nodes what a diagnosis of the recording so far would ask and find no answer to: one capture is kept where several ways of
 * asking made one each, and what was seen in another one leads to other questions.
 */
export async function fillGaps(site: Site, sink: Sink, node: string, ways: typeof WAYS): Promise<void> {
  const whole = sink.recording();
  const here = whole.states.get(sink.present);
  if (here === undefined) return;
  const world = new World({ ...whole, states: new Map([['broken', here]]), changes: [], steps: [] }, systemClock);
  const played = { ...site, cluster: recordedCluster(world), nodes: recordedNodeShell(world) };
  const open = new Map<string, Map<string, readonly [string, ...string[]]>>();
  for (const way of ways) {
    const { state } = await play({ node, ...way }, played);
    for (const { node: where, question, command, reading } of Object.values(state.answers)) {
      const argv = probeById(question.probe)?.argv(question.params);
      if (reading.known || reading.gap !== 'not-recorded' || argv === undefined) continue;
      open.set(where, (open.get(where) ?? new Map()).set(command, argv));
    }
  }
  for (const [where, commands] of open) {
    const session = await entered(site, where);
    await session.run([...commands.values()].map((argv) => ({ argv })));
    await session.close();
  }
}
