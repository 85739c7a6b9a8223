import type { V1Endpoints, V1EndpointSlice } from '@kubernetes/client-node';
import { ipAddress } from './clean.ts';

/** Addresses of the slices that are ready, each once, in the API's order. */
export function sliceAddresses(slices: readonly V1EndpointSlice[]): readonly string[] {
  const addresses = slices.flatMap(({ endpoints }) =>
    (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false).flatMap(({ addresses }) => addresses),
  );
  return proper(addresses);
}

/** The same from the older Endpoints object. */
export function endpointsAddresses(endpoints: V1Endpoints): readonly string[] {
  return proper((endpoints.subsets ?? []).flatMap(({ addresses }) => (addresses ?? []).map(({ ip }) => ip)));
}

function proper(addresses: readonly unknown[]): readonly string[] {
  return [...new Set(addresses.map(ipAddress).filter((address) => address !== null))];
}
