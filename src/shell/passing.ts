import type { ClusterError } from '../port.ts';

/** Whether the API server may answer a moment later, so that asking again is worth it. */
export function passing({ gap }: ClusterError): boolean {
  return gap === 'unreachable' || gap === 'timed-out';
}
