import type { Locator, Page } from 'playwright-core';
import { openThread, say } from '../thread.ts';

/** A recorded incident as people meet it. */
export interface Incident {
  readonly recording: string;
  readonly node: string;
  /** The button of what people see. */
  readonly symptom: string;
  /** How the finding begins. */
  readonly cause: RegExp;
  /** Letters of the fixes, and how many people have to approve each. */
  readonly fixes: Readonly<Record<string, 1 | 2>>;
  /** A part of what its first fix runs. */
  readonly runs: string;
  /** The label of the button that offers the lasting form, where netdiag can write it. */
  readonly lasting?: string;
}

export const INCIDENTS = {
  i1: {
    recording: 'i1',
    node: 'ip-10-0-10-207',
    symptom: 'kubectl logs/exec fails',
    cause: /^Replies from 10\.0\.10\.207 leave through the wrong interface/,
    fixes: { A: 1 },
    runs: 'ip -4 route del 10.0.10.0/24 dev eth1',
  },
  i2: {
    recording: 'i2',
    node: 'kylin-19',
    symptom: "Pods can't get out, DNS fails",
    cause: /is dropped on arrival: they address it to ea:77:37:86:ee:bf/,
    fixes: { A: 1 },
    runs: 'kubectl -n kube-flannel delete pod kube-flannel-ds-',
  },
  i3: {
    recording: 'i3',
    node: 'dev-slave-110',
    symptom: 'Pods unreachable',
    cause: /^Forwarding is switched off on this node/,
    fixes: { A: 1, B: 1 },
    runs: 'sysctl -w net/ipv4/ip_forward=1',
    lasting: 'Make it last: keep forwarding on after a restart',
  },
  i4: {
    recording: 'i4',
    node: 'ip-172-31-53-61',
    symptom: 'Some connections time out',
    cause: /^Clients outside the VPC do not reach the 6 pods on eth1/,
    fixes: { A: 1 },
    runs: 'AWS_VPC_K8S_CNI_EXTERNALSNAT',
  },
  i5: {
    recording: 'i5',
    node: 'ip-172-31-53-61.us-west-2.compute.internal',
    symptom: 'Some connections time out',
    cause: /^The address manager saw no container, believed that no address was in use/,
    fixes: { A: 1, B: 1, C: 2 },
    runs: '{"updateStrategy":{"type":"OnDelete"}}',
  },
} as const satisfies Readonly<Record<string, Incident>>;

/** Starts it in the channel that is shown, opens its thread and answers its question. Resolves when the finding is there. */
export async function diagnosed(page: Page, { node, symptom, cause }: Incident): Promise<Locator> {
  await say(page, `/netdiag ${node}`);
  const thread = await openThread(page, node);
  await thread.getByRole('button', { name: symptom, exact: true }).click();
  await thread.getByText(`✓ ${symptom} — @Ona On-Call`).waitFor();
  await thread.getByText(cause).first().waitFor();
  return thread;
}

/** Approves the fix with this letter in a window whose person may. */
export async function approve(page: Page, node: string, letter: string): Promise<void> {
  const thread = page.getByRole('region', { name: 'Thread', exact: true });
  if (!(await thread.isVisible())) await openThread(page, node);
  await thread.getByRole('button', { name: `Approve Fix ${letter}` }).click();
}

/** Waits in an open thread until its first message says that it is repaired, and until nothing is left to approve. */
export async function repaired(page: Page): Promise<void> {
  const thread = page.getByRole('region', { name: 'Thread', exact: true });
  await thread.getByRole('region', { name: 'Repaired' }).waitFor();
  await thread
    .getByText(/^Repaired in /)
    .first()
    .waitFor();
  const choices = thread.getByRole('button', { name: /^(Approve|Reject|Show)/ });
  await choices.first().waitFor({ state: 'detached' });
}
