import type { IncidentLine, IncidentState, KnownNode } from '../model/index.ts';
import { ClusterError } from '../port.ts';
import type { Desk, StoredIncident } from '../port.ts';
import type { Workplace } from './ports.ts';

/** Incidents that are over and still named. */
const RECENT = 10;

/** What people may look up at the desk: nodes, symptoms, and how the incidents stand. */
export function known({ sites, journal, house }: Workplace): Pick<Desk, 'nodes' | 'symptoms' | 'overview'> {
  return {
    async nodes() {
      const each = await Promise.all(sites.map(({ cluster }) => nodesOf(cluster)));
      return {
        nodes: each.flatMap(({ nodes }) => nodes).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        silent: each.flatMap(({ silent }) => silent),
      };
    },
    symptoms: () =>
      [...house.playbooks.values()].map(({ playbook: { file } }) => ({ id: file.id, label: file.button })),
    async overview() {
      const [open, latest] = await Promise.all([journal.open(), journal.latest(5 * RECENT)]);
      const over = latest.filter(({ state }) => state.life === 'closed').map(line);
      // What is not reviewed yet stays, however much came after it.
      return { open: open.map(line), over: over.filter(({ reviews }, at) => at < RECENT || reviews !== undefined) };
    },
  };
}

async function nodesOf(
  cluster: Workplace['sites'][number]['cluster'],
): Promise<{ readonly nodes: readonly KnownNode[]; readonly silent: readonly string[] }> {
  try {
    const nodes = await cluster.nodes();
    return {
      nodes: nodes.map(({ name, ready }) => ({ name, cluster: cluster.name, ready: ready === 'True' })),
      silent: [],
    };
  } catch (problem) {
    if (!(problem instanceof ClusterError)) throw problem;
    return { nodes: [], silent: [problem.message] };
  }
}

function line({ state }: StoredIncident): IncidentLine {
  const { node, cluster, by, place, openedAt, life } = state;
  const live = state.telling['live']?.message;
  return {
    node,
    cluster,
    by,
    place,
    at: openedAt,
    title: live?.is === 'live' ? live.title : [],
    over: life === 'closed',
    waiting: waiting(state),
    ...reviews(state),
  };
}

/** What one person approved alone and nobody else has reviewed: those messages have their button still. */
function reviews({ telling, glass = [] }: IncidentState): Pick<IncidentLine, 'reviews'> {
  const open = glass.flatMap(({ reviewed }, at) => {
    const message = telling[`glass ${at}`]?.message;
    return reviewed === null && message?.is === 'note' ? [message] : [];
  });
  return open.length === 0 ? {} : { reviews: open };
}

/** The card that waits for an approval; a card that has been decided has no buttons. */
function waiting({ telling }: IncidentState): IncidentLine['waiting'] {
  for (const { message } of Object.values(telling))
    if (message.is === 'approval' && message.state === 'waiting' && message.buttons.length > 0) return message;
  return null;
}
