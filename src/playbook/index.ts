export { compile, flat } from './compile.ts';
export type { Route } from './compile.ts';
export { graph } from './graph.ts';
export { loadPlaybook } from './load.ts';
export type { Complaint } from './complain.ts';
export type { Names, Playbook } from './load.ts';
export type { PlaybookState, ProofStep } from './schema.ts';
export { proofsOf, waysOn } from './schema.ts';
export { suggest } from './suggest.ts';
