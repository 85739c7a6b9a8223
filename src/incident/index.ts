export { blastObjection, stoppedSentence } from './change/blast.ts';
export { type Stopped, SWITCH, switchAfter, switched } from './change/stop-switch.ts';
export { bind, choosePeer } from './diagnosis/bind.ts';
export type { ClusterView } from './diagnosis/bind.ts';
export type { ApprovalPolicy, House } from './house.ts';
export { CANNOT, REPEAT } from './watch/repeat.ts';
export { step } from './step.ts';
export type { Transition } from './step.ts';
