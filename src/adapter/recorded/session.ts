import type { Gap, LedgerEntry, Output } from '../../model/index.ts';
import type { Command, NodeSession, RunningCapture } from '../../port.ts';
import { stillOpen } from './door.ts';
import { outputKey, type RecordedCapture } from './recording.ts';
import { printed, type World } from './world.ts';

/** A connection to a recorded node. It is lost when the state changes to one in which its door does not answer. */
export function recordedSession(
  world: World,
  { door, tried, identity }: Pick<NodeSession, 'door' | 'tried' | 'identity'>,
): NodeSession {
  const node = identity.name;
  let closed = false;
  const lost = (): boolean => closed || !stillOpen(world, node, door);
  const lostEntry = (fix: string): LedgerEntry => ({
    fix,
    state: 'begun',
    detail: 'The connection was lost before the node told the end; its ledger will say what became of the change.',
    difference: [],
  });
  const output = (command: Command): Output =>
    timeOf(world, command) ??
    world.present?.outputs.get(node)?.get(outputKey(command)) ??
    world.looked(node, command.argv) ??
    gapOutput('not-recorded');
  return {
    door,
    tried,
    identity,
    run: async (commands, signal) => {
      if (lost()) return commands.map(() => gapOutput('unreachable'));
      const outputs = commands.map(output);
      const took = outputs.reduce((sum, { ms }) => sum + ms, 0) * world.pace;
      if (took > 0) await world.clock.sleep(took, signal);
      return signal?.aborted === true ? commands.map(() => gapOutput('timed-out')) : outputs;
    },
    capture: async ({ key }) => running(lost() ? LOST : (world.present?.captures.get(node)?.get(key) ?? NOT_RECORDED)),
    change: async (request) => (lost() ? lostEntry(request.fix) : world.change(node, request)),
    state: async () => {
      if (lost()) return { known: false, gap: 'unreachable', detail: 'the connection was lost' };
      const detail = 'the recording does not hold the node state at this moment';
      return world.present?.nodeStates.get(node) ?? { known: false, gap: 'not-recorded', detail };
    },
    ledger: async (fix, verb) => (lost() ? lostEntry(fix) : world.ledger(node, fix, verb)),
    close: async () => {
      closed = true;
    },
  };
}

/** What time it is on a recorded node is what time it is: the recorded answer is old. */
function timeOf({ clock }: World, { argv }: Command): Output | null {
  return argv.join(' ') === 'date +%s' ? printed(`${Math.floor(clock.now() / 1000)}\n`) : null;
}

const NOT_RECORDED: RecordedCapture = {
  pcap: new Uint8Array(),
  gap: 'not-recorded',
  detail: 'the recording has no packets for this place and moment',
};
const LOST: RecordedCapture = {
  pcap: new Uint8Array(),
  gap: 'unreachable',
  detail: 'the connection was lost before the capture began',
};

function running(capture: RecordedCapture): RunningCapture {
  return { stop: async () => ({ ...capture, pcap: capture.pcap.slice() }) };
}

function gapOutput(gap: Gap): Output {
  return {
    exit: null,
    stdout: new Uint8Array(),
    stderr: new Uint8Array(),
    timedOut: false,
    truncated: false,
    ms: 0,
    gap,
  };
}
