export { bundle } from './bundle.ts';
export { desk } from './desk.ts';
export type { DeskPolicy } from './desk.ts';
export type { ConfiguredDoor, Log, Ports, Site, Workplace } from './ports.ts';
export { startWorker } from './run-effects.ts';
export { switching } from './switching.ts';
export type { Worker } from './run-effects.ts';
export { START_LIMITS } from './rates.ts';
