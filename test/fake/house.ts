import { checks } from '../../src/check/index.ts';
import type { House } from '../../src/incident/index.ts';
import type { Person } from '../../src/model/index.ts';
import { compile, loadPlaybook } from '../../src/playbook/index.ts';
import { remediations } from '../../src/remediation/index.ts';
import { stimuli } from '../../src/stimulus/index.ts';

export const ON_CALL: Person = { id: 'UONCALL', name: 'on-call' };
export const SECOND: Person = { id: 'USECOND', name: 'second' };
export const THIRD: Person = { id: 'UTHIRD', name: 'third' };
export const STRANGER: Person = { id: 'USTRANGER', name: 'stranger' };

/** One check, one proof, one end of each kind. */
export const KUBELET = `id: kubelet
version: 1
button: kubectl logs fails
symptom: The API server cannot reach the kubelet.
far-end: api-server
start: narrow
states:
  narrow:
    narrow: [return-path, outside-return-path]
    next: { suspected: prove, cleared: prove, unseen: prove }
  prove:
    prove: { stimulus: tcp-syn, target: kubelet }
    next: { proven: cause, likely: cause, cleared: nothing, unseen: unseen }
  cause: { end: cause }
  nothing: { end: nothing }
  unseen: { end: unseen }
`;

/** A question first, then a proof by a pod. */
export const PODS = `id: pods
version: 1
button: Pods unreachable
symptom: Nobody reaches the pods.
far-end: node
start: which
states:
  which:
    ask: Which pods?
    next:
      all: { button: All of them, state: narrow }
      none: { button: None any more, state: nothing }
  narrow:
    narrow: [forwarding]
    next: { suspected: prove, cleared: prove, unseen: prove }
  prove:
    prove: { stimulus: icmp-echo, target: pod }
    next: { proven: cause, likely: cause, cleared: nothing, unseen: unseen }
  cause: { end: cause }
  nothing: { end: nothing }
  unseen: { end: unseen }
`;

/** A small house over these playbooks: the real checks that they name, every remediation, the probes that those want. */
export function smallHouse(texts: readonly string[] = [KUBELET, PODS], change: Partial<House> = {}): House {
  const names = { checks: checks.map(({ id }) => id), stimuli: stimuli.map(({ id }) => id) };
  const playbooks = texts.map((text) => {
    const id = /^id: (.*)$/m.exec(text)?.[1] ?? '';
    const read = loadPlaybook(`${id}.yml`, text, names);
    if ('complaints' in read) throw new Error(JSON.stringify(read.complaints));
    return [id, { playbook: read.playbook, route: compile(read.playbook) }] as const;
  });
  return {
    checks: checks.filter(({ id }) => texts.some((text) => text.includes(id))),
    remediations,
    playbooks: new Map(playbooks),
    cheap: ['ip-addr', 'ip-link', 'ip-route', 'ip-route-all', 'ip-rule'],
    approval: { approvers: [ON_CALL, SECOND, THIRD], expiresMs: 900_000 },
    ...change,
  };
}
