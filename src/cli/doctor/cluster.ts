import { ASKS, type Ask } from '../../adapter/kubernetes/ask.ts';
import type { ClusterAccess } from '../../adapter/kubernetes/access.ts';
import type { CniFacts, NodeFacts } from '../../model/index.ts';
import { type Clock, type Cluster, ClusterError } from '../../port.ts';
import { clockItem, count, fault, type Item, ok, unseen, warning } from './item.ts';

const API = { id: 'cluster.api', title: 'API server' };
const CLOCK = { id: 'cluster.clock', title: 'clock' };
const CNI = { id: 'cluster.cni', title: 'CNI' };
const NODES = { id: 'cluster.nodes', title: 'nodes' };
const READ = { id: 'cluster.rights', title: 'rights to read' };
const EXCESS = { id: 'cluster.excess', title: 'other rights' };
const CHANGE = { id: 'cluster.change-rights', title: 'rights to change' };

/** The cluster as the doctor asks it. */
export interface ClusterPatient {
  readonly cluster: Pick<Cluster, 'nodes' | 'cni'>;
  readonly access: ClusterAccess;
  readonly clock: Pick<Clock, 'now'>;
}

/** What was seen of the cluster, and its nodes; `null` where they could not be listed. */
export async function clusterItems({
  cluster,
  access,
  clock,
}: ClusterPatient): Promise<{ readonly items: readonly Item[]; readonly nodes: readonly NodeFacts[] | null }> {
  const from = clock.now();
  const version = await attempt(() => access.version());
  const to = clock.now();
  if ('why' in version) return { items: silent(version), nodes: null };
  const { server, date } = version.value;
  const mend = 'Correct the clock of the API server, or the one here: timedatectl set-ntp true.';
  const [nodes, cni] = await Promise.all([attempt(() => cluster.nodes()), attempt(() => cluster.cni())]);
  const items = [
    ok(API, `${server}, ${version.value.version}`),
    date === null ? unseen(CLOCK, 'the API server sent no Date') : clockItem(CLOCK, date, { from, to }, mend),
    ...(await rightItems(access, 'why' in cni ? null : cni.value)),
    await excessItem(access),
    'why' in cni ? unseen(CNI, cni.why) : cniItem(cni.value),
    'why' in nodes ? unseen(NODES, nodes.why) : nodesItem(nodes.value),
  ];
  return { items, nodes: 'why' in nodes ? null : nodes.value };
}

function silent({ why, denied }: { readonly why: string; readonly denied: boolean }): readonly Item[] {
  const unasked = 'not asked, because the API server gave no answer';
  const mend = 'Try kubectl version with the same kubeconfig and context from here.';
  return [
    denied ? fault(API, why, 'Renew the token or certificate that the kubeconfig gives.') : unseen(API, why, mend),
    ...[CLOCK, READ, CHANGE, EXCESS, CNI, NODES].map((about) => unseen(about, unasked)),
  ];
}

/**
 * Each right that `deploy/` gives, asked of the API server's own authorizer. A role may name the objects that are always the same:
 * so they are named here too, else a right that is there would count as missing.
 */
async function rightItems(access: ClusterAccess, cni: CniFacts | null): Promise<readonly Item[]> {
  const [namespace, daemonSet] = cni?.daemonSet?.split('/') ?? [];
  const asks = Object.values<Ask>(ASKS).filter(
    (ask, at, all) => all.findIndex((other) => rightName(other) === rightName(ask)) === at,
  );
  const answers = await Promise.all(
    asks.map(async (ask) => {
      const one = ask.verb === 'list' ? undefined : ask.resource === 'endpoints' ? 'kubernetes' : undefined;
      const named = ask.resource === 'daemonsets' && ask.verb !== 'list' && daemonSet !== undefined;
      const right = {
        ...ask,
        ...(one === undefined ? {} : { name: one }),
        ...(named ? { name: daemonSet, namespace: namespace ?? null } : {}),
      };
      return { ask, answer: await attempt(() => access.may(right)) };
    }),
  );
  return [READ, CHANGE].flatMap((about) => {
    const file = about === READ ? 'deploy/rbac.yml' : 'deploy/rbac-change.yml';
    const mine = answers.filter(({ ask }) => ask.allowedBy === file);
    const held = mine.filter(({ answer }) => 'value' in answer && answer.value);
    if (held.length === mine.length) {
      return [ok(about, `all ${mine.length}: ${mine.map(({ ask }) => rightName(ask)).join(', ')}`)];
    }
    return mine.flatMap(({ ask, answer }) => {
      const one = { ...about, of: rightName(ask) };
      if ('why' in answer) return [unseen(one, answer.why)];
      if (answer.value) return [];
      if (about === READ) {
        return [
          fault(one, `may not ${rightName(ask)}: netdiag cannot see ${ask.unseen}`, `Run kubectl apply -f ${file}.`),
        ];
      }
      const says = `may not ${rightName(ask)}: plans of Kubernetes steps are refused`;
      return [warning(one, says, `If netdiag shall repair the cluster too, run kubectl apply -f ${file}.`)];
    });
  });
}

/** What netdiag never asks for, and whoever steals its token would: secrets, and a shell in any pod. */
const NEVER = [
  { verb: 'list', resource: 'secrets', says: 'read every secret' },
  { verb: 'create', resource: 'pods/exec', says: 'run commands in every pod' },
] as const;

async function excessItem(access: ClusterAccess): Promise<Item> {
  const asked = await Promise.all(
    NEVER.map(({ verb, resource }) => attempt(() => access.may({ verb, resource, group: '', namespace: null }))),
  );
  const gap = asked.find((one) => 'why' in one);
  if (gap !== undefined && 'why' in gap) return unseen(EXCESS, gap.why);
  const more = NEVER.filter((_, at) => {
    const one = asked[at];
    return one !== undefined && 'value' in one && one.value;
  });
  if (more.length === 0) return ok(EXCESS, 'may neither read secrets nor run commands in pods');
  const says = `the account may ${more.map((one) => one.says).join(' and ')}, which netdiag never does`;
  return warning(EXCESS, says, 'Give netdiag an account with the roles of deploy/ alone.');
}

/** `list daemonsets.apps`. */
function rightName({ verb, resource, group, namespace }: Ask): string {
  const where = namespace === null ? '' : ` in ${namespace}`;
  return `${verb} ${group === '' ? resource : `${resource}.${group}`}${where}`;
}

function cniItem({ name, version, daemonSet }: CniFacts): Item {
  if (name !== 'unknown')
    return ok(CNI, `${name} ${version ?? 'of unknown version'}, DaemonSet ${daemonSet ?? 'unknown'}`);
  const mend = 'Nothing is to be done: netdiag looks at the node without knowing what is normal under this CNI.';
  return warning(CNI, 'none that netdiag knows (aws-vpc, calico, flannel)', mend);
}

function nodesItem(nodes: readonly NodeFacts[]): Item {
  if (nodes.length === 0) return warning(NODES, 'the cluster has none', 'Check that this is the right cluster.');
  const pools = new Set(nodes.map(({ pool }) => pool)).size;
  const sick = nodes.filter(({ ready }) => ready !== 'True').length;
  return ok(
    NODES,
    `${count(nodes.length, 'node')} in ${count(pools, 'pool')}${sick === 0 ? '' : `, ${sick} not Ready`}`,
  );
}

async function attempt<T>(
  question: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly why: string; readonly denied: boolean }> {
  try {
    return { value: await question() };
  } catch (error) {
    if (error instanceof ClusterError) return { why: error.message, denied: error.gap === 'denied' };
    throw error;
  }
}
