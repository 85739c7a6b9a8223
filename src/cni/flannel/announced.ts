import type { BoundNode, NodeFacts, Reading } from '../../model/index.ts';
import { isMac } from '../../probe/text/address.ts';

const PREFIX = 'flannel.alpha.coreos.com';
export const BACKEND_DATA = `${PREFIX}/backend-data`;

/** What a node tells the others about its VTEP. */
export interface Announced {
  /** Lower case. */
  readonly mac: string;
  readonly vni: number;
  /** The annotation as it stands in the API. */
  readonly text: string;
}

/** Whether flannel encapsulates in VXLAN on this node; `null` where it announced nothing. */
export function encapsulates(facts: NodeFacts): boolean | null {
  const backend = facts.annotations[`${PREFIX}/backend-type`];
  return backend === undefined ? null : backend === 'vxlan';
}

/**
 * The VTEP that a node announces, from its annotation `backend-data`. A gap when the annotation is absent or not of the shape that
 * flannel writes; older versions leave the VNI out, which then is 1 (v0.27, pkg/backend/vxlan/vxlan.go, vxlanLeaseAttrs):
 * https://github.com/flannel-io/flannel/blob/v0.27.4/pkg/backend/vxlan/vxlan.go
 */
export function announced(facts: NodeFacts): Reading<Announced> {
  const text = facts.annotations[BACKEND_DATA];
  if (text === undefined) return { known: false, gap: 'unreachable', detail: `it has no annotation ${BACKEND_DATA}` };
  const said = parsed(text);
  const { VtepMAC: mac, VNI: vni = 1 } = said;
  if (typeof mac !== 'string' || !isMac(mac) || typeof vni !== 'number' || !Number.isSafeInteger(vni)) {
    return { known: false, gap: 'unparsable', detail: `its annotation ${BACKEND_DATA} names no VtepMAC` };
  }
  return { known: true, value: { mac: mac.toLowerCase(), vni, text } };
}

function parsed(text: string): { readonly VtepMAC?: unknown; readonly VNI?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** The VTEP of a node, the first address of its pod range; `null` where the API does not know one of IPv4. */
export function vtepOf(node: BoundNode | null): string | null {
  return node?.facts.podCidrs.find((cidr) => cidr.includes('.'))?.replace(/\/\d+$/, '') ?? null;
}

/** The command that reads the annotation by hand; a node's name is a DNS name and needs no quoting. */
export function annotationCommand(node: string): string {
  return `kubectl get node ${node} -o jsonpath='{.metadata.annotations.${BACKEND_DATA.replaceAll('.', '\\.')}}'`;
}
