export { labAvailable, noLab, skipNote } from './available.ts';
export type { Ran, RunOptions } from './command.ts';
export { startLoopbackSshd, type LoopbackSshd } from './loopback-sshd.ts';
export { startSshNode, type SshNode } from './ssh-node.ts';
