import type { KubeletReach } from '../../port.ts';
import { clean } from './clean.ts';
import type { Fault } from './failure.ts';

/**
 * What the API server's answer says about its way to the kubelet; `null` when it says nothing about that way (the API
 * server refused, does not know the node, or is in trouble itself).
 *
 * Only the words tell: nodes/proxy answers 503 for every failed dial, with Go's net.OpError text
 * `dial tcp IP:PORT: i/o timeout` or `dial tcp IP:PORT: connect: ERRNO`
 * (https://github.com/golang/go/blob/go1.24.0/src/net/net.go#L508, recorded from kube-apiserver 1.36.2 and 1.33.13).
 */
export function reachOf(fault: Fault): Omit<KubeletReach, 'ms'> | null {
  if (fault.is !== 'status') return null;
  // The kubelet's own refusal passes through as plain text; a Status is always the API server's.
  if (fault.status === null) return passedThrough(fault.code, fault.body);
  const { message } = fault.status;
  if (fault.code < 500 && !/^address not allowed$/.test(message)) return null;
  if (!/dial tcp|error trying to reach service|no preferred addresses|address not allowed/.test(message)) return null;
  return { verdict: verdictOf(message), said: clean(message) };
}

function verdictOf(message: string): KubeletReach['verdict'] {
  const why = /dial tcp \S{1,100}: (i\/o timeout|connect: [a-z ]{1,60})/.exec(message)?.[1] ?? '';
  switch (why) {
    case 'i/o timeout':
    case 'connect: connection timed out':
      return 'timed-out';
    case 'connect: connection refused':
      return 'refused';
    case 'connect: no route to host':
    case 'connect: network is unreachable':
    case 'connect: host is down':
      return 'no-route';
    default:
      return 'other';
  }
}

/** A load balancer's error page comes from nowhere near the kubelet. */
function passedThrough(code: number, body: string): Omit<KubeletReach, 'ms'> | null {
  if (/^\s*</.test(body) || code === 429 || code === 502 || code === 504) return null;
  return { verdict: 'answers', said: clean(`${code} ${body}`) };
}
