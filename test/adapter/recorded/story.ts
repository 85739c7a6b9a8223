import { recorder, type Recording, Sink } from '../../../src/adapter/recorded/index.ts';
import type { CaptureLimits, CniFacts } from '../../../src/model/index.ts';
import type { Cluster, NodeSession } from '../../../src/port.ts';
import { fakeCluster, nodeNamed, podNamed } from '../../fake/cluster.ts';
import { LOOKUP, NODE, peer, reach, realNodes, request, target } from './practice.ts';

const LIMITS: CaptureLimits = { seconds: 15, packets: 500, bytes: 100_000, snap: 96 };
export const CNI: CniFacts = {
  name: 'aws-vpc',
  version: '1.20.4',
  daemonSet: null,
  image: null,
  env: {},
  hostPaths: {},
};

export const COMMANDS = [
  { argv: LOOKUP },
  { argv: ['hostname'] },
  { argv: ['raw'] },
  { argv: ['slow'] },
  { argv: ['long'] },
  { argv: ['nft', 'list'] },
  { argv: ['nstat', '-az'], key: 'nstat/before' },
] as const;

export const capture = (session: NodeSession, device: string) =>
  session.capture({ device, filter: { all: [], none: [] }, limits: LIMITS, key: `watch/capture/${device}` });

/** Looks at everything once, as a diagnosis would. */
export async function look(session: NodeSession, cluster: Cluster): Promise<void> {
  await session.run(COMMANDS);
  for (const device of ['eth0', 'eth9']) await (await capture(session, device)).stop();
  await cluster.nodes();
  await cluster.podsOn(NODE);
  await cluster.reachKubelet(NODE);
  await cluster.events(NODE).catch(() => null);
}

/** An incident recorded: broken, mended and confirmed, and once more mended and rolled back. */
export async function recordStory(): Promise<Recording> {
  const sink = new Sink({
    name: 'i1',
    title: 'Two interfaces in one subnet',
    cluster: 'prod-east',
    madeFrom: { kernel: '6.18', iproute2: '6.1.0' },
  });
  const real = fakeCluster({
    nodes: [nodeNamed(NODE, '10.0.10.207')],
    pods: [podNamed('web', NODE, '10.0.10.9')],
    cni: CNI,
  });
  real.become({ kubelets: { [NODE]: { verdict: 'timed-out', said: 'i/o timeout', ms: 30_000 } } });
  real.fail('events', 'denied', 'The API server refuses to tell the events.');
  const { shell, cluster } = recorder(realNodes(), real, sink, (pcap) => pcap.slice(0, 11));
  await look(await reach(shell), cluster);
  await (await reach(shell, peer)).run(COMMANDS);
  await cluster.cni();

  sink.expect('delete-connected-route');
  await (await reach(shell)).change(request());
  real.become({ kubelets: {} });
  const confirming = await reach(shell, target({ only: ['10.0.10.207'] }));
  await look(confirming, cluster);
  await (await reach(shell, peer)).run(COMMANDS);
  await confirming.ledger('f1', 'confirm');
  return rolledBack(sink);
}

/** The same change once more, taken back this time. */
async function rolledBack(sink: Sink): Promise<Recording> {
  sink.state('broken');
  const { shell, cluster } = recorder(realNodes(), fakeCluster({ cni: CNI }), sink, (pcap) => pcap);
  sink.expect('delete-connected-route');
  await (await reach(shell)).change(request({ fix: 'f2' }));
  await (await reach(shell)).ledger('f2', 'roll-back');
  await (await reach(shell)).run(COMMANDS);
  await cluster.apiServers();
  return sink.recording();
}
