export { pinned, type SshAlgorithms } from './algorithms.ts';
export { fingerprint, pinnedHostKeys, type HostKeys, type HostKeyVerdict } from './host-keys.ts';
export { knownHosts } from './known-hosts.ts';
export { sshNodeShell, type SshNodeShell, type SshOptions } from './node-shell.ts';
export { quoteArgv, quoteWord } from './quote.ts';
