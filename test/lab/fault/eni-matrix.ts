import { knock } from '../knock.ts';
import type { Lab } from '../lab-handle.ts';
import { nodeAddress, nodePort, outsideClient, podPort, podsOn } from '../topology/eni.ts';
import type { Observation } from './fault.ts';

/** Seconds for a pod that is reached or not, however often its SYN is sent: a busy machine gets its time. */
const PATIENT = 3;
/**
 * Connects with one packet: it gives up before its SYN would be sent again, which would be led to another pod because nobody remembers
 * a dropped one. The time runs from the SYN on, not from the start of a process on a busy machine.
 */
const ONE_SYN =
  'use IO::Socket::INET; exit(IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => 0.9) ? 0 : 1)';

/** Which of the subject's pods a client of the internet connects to when it comes in by their own ENI. */
export async function podMatrix(lab: Lab): Promise<Record<'eth0' | 'eth1', number>> {
  const open = async (eni: 'eth0' | 'eth1'): Promise<number> => {
    const knocks = await Promise.all(
      podsOn(eni).map((address) => knock(lab, outsideClient, address, podPort, PATIENT)),
    );
    return knocks.filter((one) => one === 'open').length;
  };
  const [eth0, eth1] = await Promise.all([open('eth0'), open('eth1')]);
  return { eth0, eth1 };
}

/** Of nine connections to the NodePort, one after the other so that each gets another pod, how many open. */
export async function nodePortOpens(lab: Lab): Promise<number> {
  let open = 0;
  for (let turn = 0; turn < 9; turn += 1) {
    const { exit } = await lab.exec(outsideClient, ['perl', '-e', ONE_SYN, nodeAddress, String(nodePort)]);
    if (exit === 0) open += 1;
  }
  return open;
}

/** What the matrix of pods says; `holds` when exactly so many connect. */
export async function podsConnect(lab: Lab, wanted: Record<'eth0' | 'eth1', number>): Promise<Observation> {
  const { eth0, eth1 } = await podMatrix(lab);
  return {
    holds: eth0 === wanted.eth0 && eth1 === wanted.eth1,
    lines: [
      `${outsideClient} -> pods on eth0, port ${podPort}: ${eth0} of 3 connect`,
      `${outsideClient} -> pods on eth1, port ${podPort}: ${eth1} of 6 connect`,
    ],
  };
}

/** The same for the NodePort on the node's own address. */
export async function nodePortConnects(lab: Lab, wanted: number): Promise<Observation> {
  const open = await nodePortOpens(lab);
  return {
    holds: open === wanted,
    lines: [`${outsideClient} -> ${nodeAddress}:${nodePort} (NodePort): ${open} of 9 connect`],
  };
}
