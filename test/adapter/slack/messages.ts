import type {
  ApprovalMessage,
  FindingMessage,
  LiveMessage,
  Place,
  Plan,
  QuestionMessage,
} from '../../../src/model/index.ts';

export const onCallPerson = { id: 'UONCALL01', name: 'on-call' };
export const secondPerson = { id: 'USECOND01', name: 'second' };

/** A place in the practice workspace before there is a thread. */
export const incidentsPlace: Place = { team: 'TPRACTICE1', channel: 'CINCIDENTS', thread: null };

export const looking: LiveMessage = {
  is: 'live',
  node: 'ip-10-0-10-207',
  cluster: 'prod-east',
  by: onCallPerson,
  title: [{ text: 'Looking at the node and at its healthy peer ' }, { code: 'ip-10-0-10-115' }],
  steps: [
    { id: 'look', label: [{ text: 'Looking' }], state: 'active' },
    { id: 'narrow', label: [{ text: 'Narrowing down' }], state: 'pending' },
  ],
};

export const asking: QuestionMessage = {
  is: 'question',
  question: 'symptom',
  text: [{ text: 'What do you see?' }],
  choices: [
    { id: 'kubelet', label: 'kubectl logs/exec fails' },
    { id: 'pods', label: 'Pods unreachable' },
  ],
  buttons: [
    { token: '0'.repeat(32), label: 'kubectl logs/exec fails' },
    { token: '1'.repeat(32), label: 'Pods unreachable' },
  ],
};

export const answered: QuestionMessage = {
  ...asking,
  buttons: [],
  answered: { choice: 'kubelet', by: onCallPerson, at: 1_763_661_600_000 },
};

export const found: FindingMessage = {
  is: 'finding',
  finding: {
    code: 'answers-leave-elsewhere',
    statement: 'Replies leave through the wrong interface. Requests reach eth0; every answer leaves eth1 and is lost.',
    confidence: 'proven',
    evidence: [],
    facts: {},
    residue: ['Clients outside 10.0.10.0/24 would still time out: the default route also leaves by eth1.'],
  },
  subject: 'ip-10-0-10-207',
  peer: 'ip-10-0-10-115',
  proof: [{ text: 'I sent 7 marked SYNs: 7 of 7 seen on ' }, { code: 'eth0' }],
  story: {
    fate: 'answered-elsewhere',
    points: [],
    sent: 7,
    requestsAt: [7, 0],
    answersAt: [0, 7],
    refusalsAt: [0, 0],
    flows: [],
    ladder: [],
  },
  captures: [
    {
      point: { role: 'subject', node: 'ip-10-0-10-207', device: 'eth0' },
      file: 'capture-eth0.pcap',
      output: 'a'.repeat(64),
      packets: 7,
      flows: 7,
    },
  ],
  evidence: [
    {
      about: 'way back to the API server',
      subject: {
        node: 'ip-10-0-10-207',
        command: 'ip route get 10.0.10.69 from 10.0.10.207',
        line: '10.0.10.69 from 10.0.10.207 dev eth1 uid 0',
        output: null,
      },
      peer: {
        node: 'ip-10-0-10-115',
        command: 'ip route get 10.0.10.69 from 10.0.10.115',
        line: '10.0.10.69 from 10.0.10.115 dev eth0 uid 0',
        output: null,
      },
    },
  ],
  ruledOut: ['firewall', 'kubelet not listening'],
  unseen: [
    {
      check: 'forward-firewall',
      role: 'subject',
      node: 'ip-10-0-10-207',
      gap: 'not-installed',
      detail: 'nftables ruleset: nft',
    },
  ],
};

/** A plan that the API server carries out, as far as it differs from the node's. */
export const clusterPlan = {
  remediation: 'correct-runtime-mount',
  title: 'mount /var/run/docker.sock into aws-node',
  safety: 'Only this node gets it now.',
  steps: [
    {
      kind: 'kubernetes-patch',
      object: { kind: 'DaemonSet', namespace: 'kube-system', name: 'aws-node', uid: 'u1', generation: 12 },
      says: 'mount the right socket',
      patch: { spec: { updateStrategy: { type: 'OnDelete' } } },
    },
    {
      kind: 'pod-delete',
      namespace: 'kube-system',
      name: 'aws-node-x2vlj',
      uid: 'u2',
      node: 'ip-10-0-10-207',
      owner: 'DaemonSet/aws-node',
    },
  ],
  undo: [
    {
      kind: 'kubernetes-patch',
      object: { kind: 'Node', namespace: null, name: 'ip-10-0-10-207', uid: 'u3', generation: null },
      says: 'let new pods come here again',
      patch: { spec: { unschedulable: null } },
    },
    {
      kind: 'pod-delete',
      namespace: 'kube-system',
      name: null,
      uid: null,
      node: 'ip-10-0-10-207',
      owner: 'DaemonSet/aws-node',
    },
  ],
  preconditions: [],
  risk: 2,
  rollbackSeconds: 0,
  stage: { at: 2, of: 3 },
  rehearsal: ['DaemonSet kube-system/aws-node', '-    type: RollingUpdate', '+    type: OnDelete'],
} as const satisfies Partial<Plan>;

export const wanted: ApprovalMessage = {
  is: 'approval',
  letter: 'A',
  plan: {
    version: 1,
    id: 'f1'.repeat(16),
    incident: 'i1',
    remediation: 'delete-connected-route',
    finding: 'answers-leave-elsewhere',
    cluster: 'prod-east',
    node: { name: 'ip-10-0-10-207', machineId: null, bootId: null, hostKey: null },
    title: "remove eth1's route to 10.0.10.0/24",
    safety: 'It takes away one route of one node.',
    steps: [
      {
        kind: 'node-command',
        node: 'ip-10-0-10-207',
        argv: ['ip', 'route', 'del', '10.0.10.0/24', 'dev', 'eth1', 'src', '10.0.10.190'],
      },
    ],
    undo: [
      {
        kind: 'node-command',
        node: 'ip-10-0-10-207',
        argv: ['ip', 'route', 'prepend', '10.0.10.0/24', 'dev', 'eth1', 'src', '10.0.10.190'],
      },
    ],
    preconditions: [{ argv: ['ip', 'route', 'show', 'table', 'main'], stdout: '' }],
    risk: 1,
    approvals: 1,
    doors: { closes: ['10.0.10.190'], opens: ['10.0.10.207'], confirmThrough: ['10.0.10.207'] },
    rollbackSeconds: 60,
    expiresAt: 1_763_662_500_000,
    verify: ['two-interfaces-one-subnet'],
    durable: [],
    stage: null,
    rehearsal: [],
    playbook: { id: 'kubelet-unreachable', digest: 'd'.repeat(64) },
  },
  planHash: `7f3a${'0'.repeat(60)}`,
  cameThrough: '10.0.10.190',
  requester: onCallPerson,
  approvers: [onCallPerson, secondPerson],
  buttons: [
    { token: 'a'.repeat(32), label: 'Approve', style: 'primary' },
    { token: 'b'.repeat(32), label: 'Reject…', style: 'danger' },
  ],
  state: 'waiting',
};
