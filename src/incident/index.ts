export { bind, choosePeer } from './bind.ts';
export type { ClusterView } from './bind.ts';
export type { ApprovalPolicy, House } from './house.ts';
export { CANNOT, REPEAT } from './repeat.ts';
export { step } from './step.ts';
export type { Transition } from './step.ts';
