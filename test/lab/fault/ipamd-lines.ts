import { subjectPodNames } from '../topology/eni.ts';

/** Where ipamd writes on the node. */
export const LOG_FILE = '/var/log/aws-node/ipamd.log';

const ENI = 'eni-08bafec9495ebc6df';
const PRIMARY = 'eni-0debffa6dcf067b1b';
const USED = subjectPodNames;

const start = `2019-11-26T02:28:11.342Z [INFO]	Starting L-IPAMD v1.5.3  ...
2019-11-26T02:28:11.380Z [INFO]	Testing communication with server
2019-11-26T02:28:11.407Z [DEBUG]	Discovered ENI ${PRIMARY}, trying to set it up
2019-11-26T02:28:11.565Z [INFO]	ENI ${PRIMARY} set up.
2019-11-26T02:28:11.666Z [INFO]	Setting up network for an ENI with IP address 172.31.53.62, MAC address 02:1f:35:3d:01:3d, CIDR 172.31.48.0/20 and route table 2
2019-11-26T02:28:11.667Z [DEBUG]	Successfully added route route 0.0.0.0/0 via 172.31.48.1 table 2
`;

const unseen = [1, 2, 3, 4, 5]
  .map(
    (attempt) =>
      `2019-11-26T02:28:${8 + 3 * attempt}.668Z [INFO]	Not able to get local containers yet (attempt ${attempt}/5): Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n`,
  )
  .join('');

const skipped = USED.map(
  (name) => `2019-11-26T02:28:26.669Z [INFO]	Skipping Pod ${name}, Namespace default, due to no matching container\n`,
).join('');

const recovered = USED.map(
  (name, index) =>
    `2019-11-26T02:28:11.70${index}Z [INFO]	Recovered AddNetwork for Pod ${name}, Namespace default, Container 4f5d3c2b1a0${index}\n`,
).join('');

const freed = `2019-11-26T02:47:06.317Z [DEBUG]	nodeIPPoolReconcile: skipping because time since last 51.08553629s <= 1m0s
2019-11-26T02:47:08.818Z [DEBUG]	IP pool stats: total = 28, used = 0, c.maxIPsPerENI = 14
2019-11-26T02:47:08.818Z [DEBUG]	IP pool is NOT too low: available (28) >= ENI target (1) * addrsPerENI (14)
2019-11-26T02:47:08.818Z [DEBUG]	It might be possible to remove extra ENIs because available (28) > ENI target (1) * addrsPerENI (14):
2019-11-26T02:47:08.818Z [DEBUG]	ENI ${PRIMARY} cannot be deleted because it is primary
2019-11-26T02:47:08.818Z [DEBUG]	getDeletableENI: found a deletable ENI ${ENI}
2019-11-26T02:47:08.818Z [INFO]	RemoveUnusedENIFromStore ${ENI}: IP address pool stats: free 14 addresses, total: 14, assigned: 0
2019-11-26T02:47:08.818Z [DEBUG]	Start freeing ENI ${ENI}
2019-11-26T02:47:08.818Z [INFO]	Trying to free ENI: ${ENI}
2019-11-26T02:47:08.930Z [DEBUG]	Found ENI ${ENI} attachment id: eni-attach-0dc80c1727c8163a8
2019-11-26T02:47:09.398Z [INFO]	Successfully detached ENI: ${ENI}
2019-11-26T02:47:09.398Z [DEBUG]	Trying to delete ENI: ${ENI}
2019-11-26T02:47:09.550Z [DEBUG]	Not able to delete ENI yet (attempt 1/20): InvalidParameterValue: Network interface '${ENI}' is currently in use.
	status code: 400, request id: de8ef372-0567-4b35-8c6d-3f7011089921
2019-11-26T02:47:14.868Z [INFO]	Successfully deleted ENI: ${ENI}
2019-11-26T02:47:14.868Z [INFO]	Successfully freed ENI: ${ENI}
`;

/** ipamd without its runtime: five attempts, every pod skipped, nothing in use, an ENI freed. */
export const sickStart = `${start}${unseen}2019-11-26T02:28:26.669Z [DEBUG]	getLocalPodsWithRetry() found ${USED.length} used IPs.
${skipped}${freed}`;

/** ipamd that finds every container, and so every address in use. */
export const healthyStart = `${start}2019-11-26T02:28:11.699Z [DEBUG]	getLocalPodsWithRetry() found ${USED.length} used IPs.
${recovered}2019-11-26T02:47:08.818Z [DEBUG]	IP pool stats: total = 28, used = ${USED.length}, c.maxIPsPerENI = 14
2019-11-26T02:47:08.818Z [DEBUG]	IP pool is NOT too low: available (19) >= ENI target (1) * addrsPerENI (14)
`;
