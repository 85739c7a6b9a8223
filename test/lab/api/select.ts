import type { KubeObject } from '../cluster/objects.ts';

/** Raised for a selector that the real server would answer with 400. */
export class SelectorError extends Error {}

/** Field labels that the real server supports per resource; all resources support the two of metadata. */
const fieldLabels: Record<string, readonly string[]> = {
  '/nodes': ['spec.unschedulable'],
  '/pods': [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  '/events': [
    ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
      (key) => `involvedObject.${key}`,
    ),
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  'events.k8s.io/events': [
    ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
      (key) => `regarding.${key}`,
    ),
    'reason',
    'reportingController',
    'type',
  ],
};

/** True for the objects that a fieldSelector lets through. Throws SelectorError for one that the resource does not know. */
export function fieldMatcher(selector: string, kind: string): (object: KubeObject) => boolean {
  const supported = ['metadata.name', 'metadata.namespace', ...(fieldLabels[kind] ?? [])];
  const terms = selector
    .split(',')
    .filter(Boolean)
    .map((term) => {
      const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(term);
      if (!match) throw new SelectorError(`invalid field selector: '${term}'`);
      const [, label = '', operator, value = ''] = match;
      if (!supported.includes(label)) throw new SelectorError(`field label not supported: ${label}`);
      return (object: KubeObject) => (fieldOf(object, label) === value) === (operator !== '!=');
    });
  return (object) => terms.every((term) => term(object));
}

function fieldOf(object: KubeObject, label: string): string {
  let value: unknown = object;
  for (const key of label.split('.')) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }
  return typeof value === 'string' ? value : value === true ? 'true' : '';
}

/** True for the objects that a labelSelector lets through: `a=b`, `a!=b`, `a`, `!a`, `a in (x,y)`, `a notin (x,y)`. */
export function labelMatcher(selector: string): (object: KubeObject) => boolean {
  const terms = splitTerms(selector).map((term) => labelTerm(term));
  return ({ metadata }) => terms.every((term) => term(metadata.labels ?? {}));
}

function splitTerms(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter(Boolean);
}

type Labels = Readonly<Record<string, string>>;

function labelTerm(term: string): (labels: Labels) => boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return operator === 'in'
      ? (labels) => key in labels && values.includes(labels[key] ?? '')
      : (labels) => !(key in labels) || !values.includes(labels[key] ?? '');
  }
  const equal = /^([^=!\s]+)\s*(==|=|!=)\s*(\S*)$/.exec(term);
  if (equal) {
    const [, key = '', operator, value = ''] = equal;
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const present = /^(!?)([^=!\s]+)$/.exec(term);
  if (!present) throw new SelectorError(`unable to parse requirement: ${term}`);
  const [, not, key = ''] = present;
  return not ? (labels) => !(key in labels) : (labels) => key in labels;
}
