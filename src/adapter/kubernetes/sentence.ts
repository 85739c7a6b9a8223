import type { Gap } from '../../model/index.ts';
import { ClusterError } from '../../port.ts';
import type { Ask } from './ask.ts';
import { clean } from './clean.ts';
import type { Fault } from './failure.ts';

/** Tells a person why a question to the API server has no answer: what failed, what is unseen, what to do. */
export function clusterError(fault: Fault, ask: Ask, server: string): ClusterError {
  const { gap, why, next } = explain(fault, ask);
  return new ClusterError(
    gap,
    `I could not ${ask.doing}: the API server${server === '' ? '' : ` ${server}`} ${why}; netdiag therefore cannot see ${ask.unseen} — ${next}.`,
  );
}

/**
 * Tells why the API server did not do what it was asked to; `null` where its answer leaves open whether it did. Only its own
 * Status counts: a proxy's page says nothing about what came through.
 */
export function refusal(fault: Fault, ask: Ask, server: string): string | null {
  if (fault.is !== 'status' || fault.status === null || !REFUSED.has(fault.code)) return null;
  const { why, next } = explain(fault, ask);
  return `I could not ${ask.doing}: the API server ${server} ${why}; nothing was changed — ${next}.`;
}

/** Statuses with which the API server says that it did not even begin. */
const REFUSED: ReadonlySet<number> = new Set([400, 403, 404, 405, 409, 413, 415, 422]);

interface Explained {
  readonly gap: Gap;
  /** Completes "the API server HOST …". */
  readonly why: string;
  readonly next: string;
}

function explain(fault: Fault, ask: Ask): Explained {
  switch (fault.is) {
    case 'timed-out':
      return {
        gap: 'timed-out',
        why: `did not answer within ${Math.round(fault.ms / 1000)} s`,
        next: 'check the way from here to the API server, then ask again',
      };
    case 'network':
      return network(fault.code, fault.words);
    case 'status':
      return status(fault, ask);
    case 'not-json':
      return {
        gap: 'unparsable',
        why: `answered with ${clean(fault.type, 60) || 'something'} instead of JSON, so something else answers in its place`,
        next: 'check the server address and the proxy in the kubeconfig',
      };
    case 'cut':
      return {
        gap: 'truncated',
        why: `sent an answer that ends early (${clean(fault.words, 80)})`,
        next: 'ask again; if it stays, look at what stands between here and the API server',
      };
    case 'too-long':
      return {
        gap: 'truncated',
        why: `sent more than ${Math.round(fault.bytes / 1024 / 1024)} MiB in one answer`,
        next: 'check that the server address is really an API server',
      };
    case 'shape':
      return {
        gap: 'unparsable',
        why: `answered in a form that netdiag does not know (${clean(fault.words, 120)})`,
        next: 'check that the server address is really an API server',
      };
    case 'no-name':
      return {
        gap: 'not-installed',
        why: `was not asked, because "${clean(fault.name, 60)}" is not the name of a ${fault.of}`,
        next: `write the name as \`kubectl get ${fault.of}s\` shows it`,
      };
    case 'setup':
    default:
      return {
        gap: 'unreachable',
        why: `was not asked, because ${clean(fault.words, 200)}`,
        next: 'correct the cluster settings and start netdiag again',
      };
  }
}

function status(fault: Extract<Fault, { is: 'status' }>, ask: Ask): Explained {
  const said = fault.status === null ? clean(fault.body, 120) : clean(fault.status.message, 200);
  const quoted = said === '' ? '' : ` ("${said}")`;
  switch (fault.code) {
    case 401:
      return {
        gap: 'denied',
        why: 'does not accept the credentials (401)',
        next: 'renew the token or certificate that the kubeconfig or the service account gives',
      };
    case 403:
      return { gap: 'denied', why: `refused (403)${quoted}`, next: missingVerb(ask, fault.status?.message ?? '') };
    case 404:
      return {
        gap: 'not-installed',
        why: `has no such thing (404)${quoted}`,
        next: 'check the name, and that the server address is really an API server of this cluster',
      };
    case 409:
      return {
        gap: 'unreachable',
        why: `says that somebody else changes it at the same time (409)${quoted}`,
        next: 'a new diagnosis makes a new plan',
      };
    case 400:
    case 422:
      if (ask.verb !== 'patch' && ask.verb !== 'delete') break;
      return {
        gap: 'unparsable',
        why: `does not accept the change (${fault.code})${quoted}`,
        next: /does not support dry run/.test(said)
          ? 'a webhook of the cluster cannot rehearse changes, so make it by hand'
          : 'the object has a form that this plan does not fit, so change it by hand',
      };
    case 410:
      return {
        gap: 'unreachable',
        why: 'dropped the list twice while it was being read (410)',
        next: 'ask again in a moment',
      };
    case 429:
      return {
        gap: 'unreachable',
        why: `is too busy (429, asked ${fault.tries === 1 ? 'once' : `${fault.tries} times`})`,
        next: 'ask again in a minute',
      };
    case 504:
      return { gap: 'timed-out', why: `ran out of time itself (504)${quoted}`, next: 'ask again in a moment' };
    default:
      break;
  }
  return {
    gap: fault.code >= 500 ? 'unreachable' : 'unparsable',
    why: `answered with status ${fault.code}${quoted}`,
    next: fault.code >= 500 ? 'look at the API server itself, then ask again' : 'check the cluster settings',
  };
}

/** Which RBAC rule is missing, and for whom, as far as the API server said. An admission rule says 403 too, in other words. */
function missingVerb(ask: Ask, message: string): string {
  if (/denied (?:the )?request/.test(message))
    return 'an admission rule of the cluster is against it; ask whoever set it up';
  const who = /User "([^"]{1,200})"/.exec(message)?.[1];
  const what = ask.group === '' ? ask.resource : `${ask.resource}.${ask.group}`;
  const where = ask.namespace === null ? 'in the whole cluster' : `in namespace ${ask.namespace}`;
  return `allow ${who === undefined ? 'the account' : clean(who, 120)} the verb "${ask.verb}" on ${what} ${where}, as ${ask.allowedBy} does`;
}

const NETWORK: Readonly<Record<string, { why: string; next: string }>> = {
  ECONNREFUSED: {
    why: 'refuses connections (ECONNREFUSED)',
    next: 'check the address and port in the kubeconfig, and that the API server runs',
  },
  ENOTFOUND: {
    why: 'has a name that cannot be resolved (ENOTFOUND)',
    next: 'check the server name in the kubeconfig and the DNS here',
  },
  EAI_AGAIN: { why: 'has a name that DNS did not resolve in time (EAI_AGAIN)', next: 'check the DNS here' },
  EHOSTUNREACH: { why: 'is not reachable (EHOSTUNREACH)', next: 'check the route from here to the API server' },
  ENETUNREACH: { why: 'is not reachable (ENETUNREACH)', next: 'check the route from here to the API server' },
  ETIMEDOUT: { why: 'did not take the connection (ETIMEDOUT)', next: 'check the way from here to the API server' },
  UND_ERR_CONNECT_TIMEOUT: {
    why: 'did not take the connection in time',
    next: 'check the way from here to the API server',
  },
  ECONNRESET: { why: 'broke the connection (ECONNRESET)', next: 'ask again; look at what stands in between' },
  UND_ERR_SOCKET: { why: 'broke the connection', next: 'ask again; look at what stands in between' },
};

const UNTRUSTED =
  /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE)$/;

function network(code: string, words: string): Explained {
  const known = NETWORK[code];
  if (known !== undefined) {
    return { gap: /TIMEDOUT|TIMEOUT/.test(code) ? 'timed-out' : 'unreachable', ...known };
  }
  const shown = clean(code, 60) || clean(words, 100);
  if (UNTRUSTED.test(code)) {
    return {
      gap: 'unreachable',
      why: `shows a certificate that the configured CA did not sign (${shown})`,
      next: 'give the certificate authority of this cluster in the kubeconfig',
    };
  }
  if (/^(ERR_TLS|CERT_|ERR_SSL|EPROTO)/.test(code)) {
    return {
      gap: 'unreachable',
      why: `cannot be spoken to over TLS (${shown})`,
      next: 'check the server name, the port and the certificates in the kubeconfig',
    };
  }
  return {
    gap: 'unreachable',
    why: `could not be reached (${shown})`,
    next: 'check the cluster settings and the way there',
  };
}
