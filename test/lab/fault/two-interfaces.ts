import { must } from '../command.ts';
import { echoes, knock } from '../knock.ts';
import type { Lab } from '../lab-handle.ts';
import { controlPlane, outsideClient, peer, subject } from '../topology/aws-vpc.ts';
import type { Observation } from './fault.ts';

const subjectAddress = '10.0.10.207';
const kubeletPort = 10250;

/** Three connections at once from the API server's node to the subject's kubelet: the symptom shows when all time out. */
export async function kubeletTimesOut(lab: Lab): Promise<Observation> {
  const attempts = [1, 2, 3].map(() => knock(lab, controlPlane, subjectAddress, kubeletPort));
  const [own, peerKnock] = await Promise.all([
    Promise.all(attempts),
    knock(lab, controlPlane, '10.0.10.115', kubeletPort),
  ]);
  const timedOut = own.filter((knock) => knock === 'timed-out').length;
  return {
    holds: timedOut === 3 && peerKnock === 'open',
    lines: [
      `${controlPlane} -> ${subjectAddress}:${kubeletPort}: ${timedOut} of 3 connections timed out`,
      `${controlPlane} -> healthy peer 10.0.10.115:${kubeletPort}: ${peerKnock}`,
    ],
  };
}

/** The API server reaches the kubelet and sshd on the node's own address, and the node's pods answer their peers. */
export async function kubeletAnswers(lab: Lab): Promise<Observation> {
  const pods = lab.pods.filter(({ node }) => node === subject);
  const [kubelet, ssh, outside, ...podEchoes] = await Promise.all([
    Promise.all([1, 2, 3].map(() => knock(lab, controlPlane, subjectAddress, kubeletPort))),
    knock(lab, controlPlane, subjectAddress, 22),
    knock(lab, outsideClient, subjectAddress, kubeletPort),
    ...pods.map(({ address }) => echoes(lab, peer, address)),
  ]);
  const open = kubelet.filter((knock) => knock === 'open').length;
  const residue = 'not judged here: the way back to other subnets follows the default route';
  return {
    holds: open === 3 && ssh === 'open' && podEchoes.every((answered) => answered > 0),
    lines: [
      `${controlPlane} -> ${subjectAddress}:${kubeletPort}: ${open} of 3 connections open`,
      `${controlPlane} -> ${subjectAddress}:22: ${ssh}`,
      ...pods.map(
        ({ name, address }, index) =>
          `${peer} -> pod ${name} (${address}): ${podEchoes[index]} of 2 echo requests answered`,
      ),
      `${outsideClient} -> ${subjectAddress}:${kubeletPort}: ${outside} (${residue})`,
    ],
  };
}

/** The repair of the write-up: main loses its route through eth1. */
export async function deleteEth1Route(lab: Lab): Promise<void> {
  const route = '10.0.10.0/24 dev eth1 proto kernel scope link src 10.0.10.190'.split(' ');
  await must(lab.enter(subject, ['ip', 'route', 'del', ...route]));
}
