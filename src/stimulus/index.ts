import { dnsQuery } from './dns-query.ts';
import { icmpEcho } from './icmp-echo.ts';
import type { Stimulus } from './stimulus.ts';
import { tcpSyn } from './tcp-syn.ts';

/** Every stimulus; the directory and this list are equal. */
export const stimuli: readonly Stimulus[] = [dnsQuery, icmpEcho, tcpSyn];

/** The stimulus of that id, or `null`. */
export function stimulusById(id: string): Stimulus | null {
  return stimuli.find((stimulus) => stimulus.id === id) ?? null;
}

export { dnsQuery, icmpEcho, tcpSyn };
export type { Stimulus, Vantage, Way } from './stimulus.ts';
