import type {
  ApprovalMessage,
  CaptureStory,
  FindingMessage,
  Hop,
  LiveMessage,
  Message,
  Plan,
  QuestionMessage,
  SummaryMessage,
} from '../../../src/model/index.ts';

/** Messages of the first founding incident, in which every text that came from outside is `evil`. */
export const onCall = { id: 'U1', name: 'on-call' };
export const second = { id: 'U2', name: 'second' };

export const live = (more: Partial<LiveMessage> = {}): LiveMessage => ({
  is: 'live',
  node: 'ip-10-0-10-207',
  cluster: 'prod-east',
  by: onCall,
  title: [],
  steps: [
    { id: 'look', label: [{ text: 'Looked at both nodes' }], state: 'done', detail: [{ text: '30 of 31 answers' }] },
    { id: 'narrow', label: [{ text: 'Narrowing down' }], state: 'active' },
    { id: 'proof', label: [{ text: 'Proof' }], state: 'pending' },
  ],
  ...more,
});

export const question = (more: Partial<QuestionMessage> = {}): QuestionMessage => ({
  is: 'question',
  question: 'symptom',
  text: [{ text: 'What do you see?' }],
  choices: [
    { id: 'kubelet', label: 'kubectl logs/exec fails' },
    { id: 'pods', label: 'Pods unreachable' },
  ],
  buttons: [],
  ...more,
});

export const story: CaptureStory = {
  fate: 'answered-elsewhere',
  points: [{ role: 'subject', node: 'ip-10-0-10-207', device: 'eth0' }],
  sent: 7,
  requestsAt: [7],
  answersAt: [0],
  refusalsAt: [0],
  flows: [],
  ladder: [],
};

export const finding = (more: Partial<FindingMessage> = {}, evil = ''): FindingMessage => {
  const evidence = [
    {
      about: `way back to the API server${evil}`,
      subject: {
        node: 'ip-10-0-10-207',
        command: `ip route get 10.0.10.69 from 10.0.10.207${evil}`,
        line: `10.0.10.69 from 10.0.10.207 dev eth1${evil}`,
        output: null,
      },
      peer: {
        node: 'ip-10-0-10-115',
        command: 'ip route get 10.0.10.69 from 10.0.10.115',
        line: '10.0.10.69 from 10.0.10.115 dev eth0',
        output: null,
      },
    },
  ];
  return {
    is: 'finding',
    finding: {
      code: 'reply-leaves-elsewhere',
      statement: `Replies leave through the wrong interface.${evil}`,
      confidence: 'proven',
      evidence,
      facts: {},
      residue: [`Clients outside the subnet would still time out.${evil}`],
    },
    subject: 'ip-10-0-10-207',
    peer: 'ip-10-0-10-115',
    proof: [{ text: 'I sent ' }, { strong: '7' }, { text: ' marked SYNs' }, { code: evil }],
    story,
    captures: [
      {
        point: { role: 'subject', node: 'ip-10-0-10-207', device: 'eth0' },
        file: `capture-eth0.pcap${evil}`,
        output: 'f'.repeat(64),
        packets: 14,
        flows: 1,
      },
    ],
    evidence,
    ruledOut: [`firewall${evil}`, 'conntrack full'],
    unseen: [
      {
        check: 'nft',
        role: 'subject',
        node: 'ip-10-0-10-207',
        gap: 'not-installed',
        detail: `nftables ruleset: nft is not installed${evil}`,
      },
    ],
    ...more,
  };
};

export const plan = (evil = ''): Plan => ({
  version: 1,
  id: 'a'.repeat(32),
  incident: 'i1',
  remediation: 'delete-route',
  finding: 'reply-leaves-elsewhere',
  cluster: 'prod-east',
  node: { name: `ip-10-0-10-207${evil}`, machineId: null, bootId: null, hostKey: null },
  title: `remove eth1's route to 10.0.10.0/24${evil}`,
  safety: `Run-time value on one node, exact undo.${evil}`,
  steps: [
    {
      kind: 'node-command',
      node: 'ip-10-0-10-207',
      argv: ['ip', 'route', 'del', '10.0.10.0/24', 'dev', `eth1${evil}`, 'src', '10.0.10.190'],
    },
  ],
  undo: [{ kind: 'node-command', node: 'ip-10-0-10-207', argv: ['ip', 'route', 'prepend', "it's"] }],
  preconditions: [],
  risk: 1,
  approvals: 1,
  doors: { closes: ['10.0.10.190'], opens: ['10.0.10.207'], confirmThrough: [`10.0.10.207${evil}`] },
  rollbackSeconds: 60,
  expiresAt: Date.UTC(2026, 10, 20, 0, 27),
  verify: [],
  durable: [],
  stage: null,
  rehearsal: [],
  playbook: { id: 'kubelet', digest: 'd'.repeat(64) },
});

export const approval = (more: Partial<ApprovalMessage> = {}, evil = ''): ApprovalMessage => ({
  is: 'approval',
  letter: 'A',
  plan: plan(evil),
  planHash: '7f3a'.repeat(16),
  cameThrough: `10.0.10.190${evil}`,
  requester: onCall,
  approvers: [second, { id: 'U3', name: 'third' }],
  buttons: [],
  state: 'waiting',
  ...more,
});

export const summary = (more: Partial<SummaryMessage> = {}, evil = ''): SummaryMessage => ({
  is: 'summary',
  outcome: 'repaired',
  headline: [{ strong: 'Repaired in 18 s of machine time.' }],
  paragraphs: [[{ text: 'Two interfaces in one subnet: ' }, { code: `eth0, eth1${evil}` }]],
  timeline: [{ at: Date.UTC(2026, 10, 20, 0, 14), what: [{ text: 'approved by ' }, { person: second }] }],
  durable: [`remove line 9 of /etc/NetworkManager/system-connections/eth1${evil}`],
  difference: [`-10.0.10.0/24 dev eth1${evil}`, '+10.0.10.0/24 dev eth0'],
  ruledOut: [],
  unseen: [],
  ...more,
});

/** One message of every kind, with `evil` wherever text from outside goes. */
export const everyKind = (evil: string): readonly Message[] => [
  live({
    node: `n${evil}`,
    cluster: `c${evil}`,
    by: { id: 'U1', name: `p${evil}` },
    title: [{ text: evil }, { strong: evil }, { code: evil }, { person: { id: 'U', name: evil } }],
    steps: [{ id: 's', label: [{ text: evil }], state: 'failed', detail: [{ code: evil }] }],
  }),
  question({ text: [{ code: evil }], choices: [{ id: 'x', label: `l${evil}` }] }),
  question({ choices: [], answered: { choice: `x${evil}`, by: { id: 'U', name: `p${evil}` }, at: Number.NaN } }),
  { is: 'note', text: [{ text: `note${evil}` }, { code: evil }], list: [[{ text: evil }, { code: evil }]] },
  finding({ subject: `n${evil}`, peer: `p${evil}`, path: [evilHop(evil)] }, evil),
  approval({ requester: { id: 'U', name: evil }, approvers: [{ id: 'U', name: evil }], letter: 'A' }, evil),
  approval({ state: 'rejected', decidedBy: { id: 'U', name: evil }, decidedAt: 5 }, evil),
  summary({ headline: [{ code: evil }], ruledOut: [evil] }, evil),
];

function evilHop(evil: string): Hop {
  const said = { command: `ip${evil}`, line: `dev${evil}`, about: `a${evil}`, says: `s${evil}` };
  return { way: 'there', role: 'subject', node: `n${evil}`, output: null, fits: 'no', ...said };
}
