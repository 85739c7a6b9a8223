import type { IncidentState, LedgerEntry, NodeFacts } from '../../src/model/index.ts';
import type { Ids, Journal } from '../../src/port.ts';
import type { ConfiguredDoor, Ports, Workplace } from '../../src/shell/index.ts';
import { FlyingClock } from '../fake/clock.ts';
import { type FakeCluster, fakeCluster, nodeNamed, podNamed } from '../fake/cluster.ts';
import { smallHouse } from '../fake/house.ts';
import { fakeJournal } from '../fake/journal.ts';
import { type FakeNode, type FakeNodeShell, fakeNodeShell } from '../fake/node-shell.ts';
import { MemoryThread } from '../fake/thread.ts';

/** Everything that the shell works with, in memory. */
export interface Bench {
  readonly clock: FlyingClock;
  readonly cluster: FakeCluster;
  readonly nodes: FakeNodeShell;
  readonly thread: MemoryThread;
  readonly journal: Journal;
  /** `warn sentence`, `error sentence` … */
  readonly said: readonly string[];
  readonly workplace: Workplace;
  readonly ports: Ports;
}

export const NODES: readonly NodeFacts[] = [
  nodeNamed('ip-10-0-10-207', '10.0.10.207', {
    addresses: [
      { type: 'InternalIP', address: '10.0.10.207' },
      { type: 'InternalIP', address: '10.0.10.190' },
    ],
  }),
  nodeNamed('ip-10-0-10-115', '10.0.10.115'),
  nodeNamed('ip-10-0-10-69', '10.0.10.69', { pool: 'control', controlPlane: true }),
];

/** A bench with the cluster of I1; what is given differs. */
export function bench(
  change: {
    readonly nodes?: Readonly<Record<string, FakeNode>>;
    readonly doors?: Readonly<Record<string, ConfiguredDoor>>;
    readonly journal?: (journal: Journal) => Journal;
    readonly cluster?: FakeCluster;
    readonly written?: (state: IncidentState) => void;
  } = {},
): Bench {
  const clock = new FlyingClock();
  const cluster =
    change.cluster ??
    fakeCluster({
      name: 'prod-east',
      nodes: NODES,
      pods: [podNamed('web', 'ip-10-0-10-207', '10.0.10.31'), podNamed('api', 'ip-10-0-10-115', '10.0.10.40')],
      apiServers: ['10.0.10.69'],
    });
  const nodes = fakeNodeShell(clock, change.nodes ?? {});
  const thread = new MemoryThread();
  const journal = (change.journal ?? ((same) => same))(fakeJournal(clock));
  const said: string[] = [];
  const commons = {
    journal,
    thread,
    clock,
    ids: counting(),
    house: smallHouse(),
    log: (level: string, sentence: string) => void said.push(`${level} ${sentence}`),
    ...(change.written === undefined ? {} : { written: change.written }),
  };
  const site = { cluster, nodes, doors: change.doors ?? {} };
  return {
    clock,
    cluster,
    nodes,
    thread,
    journal,
    said,
    workplace: { ...commons, sites: [site] },
    ports: { ...commons, ...site },
  };
}

/** Names that can be foreseen. */
function counting(): Ids {
  let drawn = 0;
  return { token: () => (drawn += 1).toString(16).padStart(32, '0'), between: (low) => low };
}

/** A ledger's word on a fix. */
export function ledgerSays(fix: string, state: LedgerEntry['state']): LedgerEntry {
  return { fix, state, detail: '', difference: [] };
}
