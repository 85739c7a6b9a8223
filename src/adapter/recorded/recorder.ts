import { type Cluster, ClusterError, type NodeSession, type NodeShell } from '../../port.ts';
import { type Fact, ownerKey, patchKey } from './recording.ts';
import type { Sink } from './sink.ts';

/**
 * Real nodes and a real cluster, with everything that they answer written into the sink's present state.
 * `headersOnly` takes payload bytes out of a capture before it is kept; the room of captures has it.
 */
export function recorder(
  shell: NodeShell,
  cluster: Cluster,
  sink: Sink,
  headersOnly: (pcap: Uint8Array) => Uint8Array,
): { readonly shell: NodeShell; readonly cluster: Cluster } {
  return { shell: recordingShell(shell, sink, headersOnly), cluster: recordingCluster(cluster, sink) };
}

function recordingShell(shell: NodeShell, sink: Sink, headersOnly: (pcap: Uint8Array) => Uint8Array): NodeShell {
  return {
    open: async (target, signal) => {
      const state = sink.present;
      for (const { address, from } of target.addresses) {
        if (from === 'configured') sink.configured(target.name, address);
      }
      const reached = await shell.open(target, signal);
      if (!reached.reached) {
        sink.door(state, target.name, null, reached.tried);
        return reached;
      }
      const { session } = reached;
      sink.node(session.identity);
      sink.door(state, target.name, session.door, session.tried);
      return { reached: true, session: recordingSession(session, sink, headersOnly) };
    },
  };
}

function recordingSession(
  session: NodeSession,
  sink: Sink,
  headersOnly: (pcap: Uint8Array) => Uint8Array,
): NodeSession {
  const node = session.identity.name;
  return {
    door: session.door,
    tried: session.tried,
    identity: session.identity,
    run: async (commands, signal) => {
      const state = sink.present;
      const outputs = await session.run(commands, signal);
      for (const [index, command] of commands.entries()) {
        const output = outputs[index];
        if (output !== undefined) sink.output(state, node, command, output);
      }
      return outputs;
    },
    capture: async (request) => {
      const state = sink.present;
      const running = await session.capture(request);
      return {
        stop: async () => {
          const stopped = await running.stop();
          sink.capture(state, node, request.key, { ...stopped, pcap: headersOnly(stopped.pcap) });
          return stopped;
        },
      };
    },
    change: async (request) => {
      const entry = await session.change(request);
      sink.changed(node, request, entry);
      return entry;
    },
    state: async () => {
      const state = sink.present;
      const reading = await session.state();
      sink.nodeState(state, node, reading);
      return reading;
    },
    ledger: async (fix, verb) => {
      const entry = await session.ledger(fix, verb);
      sink.ledger(node, fix, entry);
      return entry;
    },
    close: () => session.close(),
  };
}

function recordingCluster(cluster: Cluster, sink: Sink): Cluster {
  const asked = async <T>(question: Promise<T>, keep: (fact: Fact<T>) => void): Promise<T> => {
    try {
      const fact = await question;
      keep({ fact });
      return fact;
    } catch (error) {
      if (error instanceof ClusterError) keep({ refused: { gap: error.gap, sentence: error.message } });
      throw error;
    }
  };
  return {
    name: cluster.name,
    nodes: () => asked(cluster.nodes(), (fact) => sink.clusterFact('nodes', fact)),
    cni: () => asked(cluster.cni(), (fact) => sink.clusterFact('cni', fact)),
    apiServers: () => asked(cluster.apiServers(), (fact) => sink.clusterFact('apiServers', fact)),
    podsOn: (node) => asked(cluster.podsOn(node), (fact) => sink.nodeFact((all) => all.pods, node, fact)),
    events: (node) => asked(cluster.events(node), (fact) => sink.nodeFact((all) => all.events, node, fact)),
    reachKubelet: (node) =>
      asked(cluster.reachKubelet(node), (fact) => sink.nodeFact((all) => all.kubelets, node, fact)),
    podsOf: (namespace, owner) =>
      asked(cluster.podsOf(namespace, owner), (fact) =>
        sink.nodeFact((all) => all.podsOf, ownerKey(namespace, owner), fact),
      ),
    rehearse: (step) =>
      asked(cluster.rehearse(step), (fact) => sink.nodeFact((all) => all.rehearsals, patchKey(step), fact)),
    patch: async (step, fix, taking) => {
      const granted = await cluster.patch(step, fix, taking);
      sink.patched(step, fix, taking, granted);
      return granted;
    },
    deletePod: async (step) => {
      const granted = await cluster.deletePod(step);
      sink.podDeleted(step.uid, granted);
      return granted;
    },
  };
}
