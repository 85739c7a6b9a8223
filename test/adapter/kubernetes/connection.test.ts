// Over real sockets: nock is not loaded here, because it stands between undici and TLS.
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../../src/port.ts';
import { patchTo, WORLD } from '../../contract/cluster.ts';
import {
  cluster,
  failure,
  JSON_TYPE,
  kubeconfig,
  loopback,
  patientClock,
  plainKubeconfig,
  recorded,
  tlsServer,
} from './practice.ts';

function trusting(port: number): string {
  const ca = Buffer.from(recorded('loopback.crt')).toString('base64');
  return kubeconfig({ server: `https://127.0.0.1:${port}`, cluster: { 'certificate-authority-data': ca } });
}

it('asks many questions over one TLS connection', async () => {
  const server = tlsServer((_request, response) => response.writeHead(200, JSON_TYPE).end(recorded('nodelist.json')));
  const asked = cluster({ path: trusting(await loopback(server)) });
  for (let count = 0; count < 20; count += 1) expect(await asked.nodes()).toHaveLength(3);
  expect(server.connections()).toBe(1);
});

it('takes a new connection after the server broke the old one, without an error', async () => {
  let answered = 0;
  const server = tlsServer((request, response) => {
    answered += 1;
    if (answered === 2) request.stream.session?.destroy();
    else response.writeHead(200, JSON_TYPE).end(recorded('nodelist.json'));
  });
  const asked = cluster({ path: trusting(await loopback(server)), clock: patientClock({ pause: 5 }) });
  expect(await asked.nodes()).toHaveLength(3);
  expect(await asked.nodes()).toHaveLength(3);
  expect(server.connections()).toBe(2);
});

it('sends the token and its own name, and nothing before the first question', async () => {
  const seen: (string | undefined)[][] = [];
  const server = tlsServer((request, response) => {
    seen.push([request.headers.authorization, request.headers['user-agent'], request.url]);
    response.writeHead(200, JSON_TYPE).end('{"items":[]}');
  });
  const asked = cluster({ path: trusting(await loopback(server)) });
  expect(server.connections()).toBe(0);
  expect(await asked.podsOn('ip-10-0-10-207.ec2.internal')).toEqual([]);
  expect(seen).toEqual([
    [
      'Bearer sesame-token',
      'netdiag',
      '/api/v1/pods?fieldSelector=spec.nodeName%3Dip-10-0-10-207.ec2.internal&limit=500',
    ],
  ]);
});

describe('no API server', () => {
  it('is told from a closed port as well', async () => {
    const server = createServer();
    const port = await loopback(server);
    await new Promise((resolve) => {
      server.close(resolve);
    });
    const path = kubeconfig({ server: `https://127.0.0.1:${port}` });
    expect((await failure(cluster({ path }).nodes())).message).toMatch(
      new RegExp(`API server 127\\.0\\.0\\.1:${port} refuses connections`),
    );
  });

  it.each([
    ['another authority', '127.0.0.1', 'other-ca.crt', /certificate that the configured CA did not sign/],
    ['the name of another server', 'localhost', 'loopback.crt', /over TLS \(ERR_TLS_CERT_ALTNAME_INVALID\)/],
  ])('that shows a certificate of %s gets no token', async (_case, host, authority, sentence) => {
    let asked = 0;
    const port = await loopback(tlsServer(() => (asked += 1)));
    const ca = Buffer.from(recorded(authority)).toString('base64');
    const path = kubeconfig({
      server: `https://${host}:${port}`,
      cluster: { 'certificate-authority-data': ca },
    });
    expect((await failure(cluster({ path }).nodes())).message).toMatch(sentence);
    expect(asked).toBe(0);
  });

  it('that takes connections and never answers is given up at the deadline', async () => {
    const path = plainKubeconfig(await loopback(createServer(() => undefined)));
    const clock = patientClock({ deadline: 30 });
    const error = await failure(cluster({ path, clock }).nodes());
    expect(error.gap).toBe('timed-out');
    expect(error.message).toMatch(/did not answer within 10 s/);
    expect((await failure(cluster({ path, clock }).reachKubelet('a'))).message).toMatch(/did not answer within 35 s/);
  });

  it('that breaks off in the middle of an answer gives no half answer', async () => {
    const path = plainKubeconfig(
      await loopback(
        createServer((_request, response) => {
          response.writeHead(200, { ...JSON_TYPE, 'content-length': '100000' });
          response.write(recorded('nodelist.json').slice(0, 2000), () => response.destroy());
        }),
      ),
    );
    expect((await failure(cluster({ path }).nodes())).gap).toBe('truncated');
  });
});

describe('a change', () => {
  const live = recorded('daemonset-aws-node.json');
  const CHANGES = {
    PATCH: (asked: Cluster) => asked.patch(patchTo('true'), 'f1', 'effect'),
    DELETE: (asked: Cluster) => asked.deletePod(WORLD.cniPod),
  } as const;

  it.each(['PATCH', 'DELETE'] as const)('whose connection broke off after %s is not sent again', async (method) => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(request.method ?? '');
      if (request.method === method) request.socket.destroy();
      else response.writeHead(200, JSON_TYPE).end(live);
    });
    const path = plainKubeconfig(await loopback(server));
    const error = await failure(CHANGES[method](cluster({ path, clock: patientClock({ pause: 1 }) })));
    expect(error.message).toMatch(/broke the connection.*cannot see whether it was (changed|deleted)/);
    expect(seen.filter((one) => one === method)).toEqual([method]);
  });

  it.each(['PATCH', 'DELETE'] as const)('whose HTTP/2 session broke off after %s is not sent again', async (method) => {
    const seen: string[] = [];
    const server = tlsServer((request, response) => {
      seen.push(request.method);
      if (request.method === method) request.stream.session?.destroy();
      else response.writeHead(200, JSON_TYPE).end(live);
    });
    const path = trusting(await loopback(server));
    const error = await failure(CHANGES[method](cluster({ path, clock: patientClock({ pause: 1 }) })));
    expect(error.message).toMatch(/cannot see whether it was (changed|deleted)/);
    expect(seen.filter((one) => one === method)).toEqual([method]);
  });

  it('that nobody answers is waited for longer than the API server takes, and can be asked for again', async () => {
    let now = live;
    let patches = 0;
    const server = createServer((request, response) => {
      if (request.method !== 'PATCH') {
        response.writeHead(200, JSON_TYPE).end(now);
        return;
      }
      // It is made, but the answer never comes.
      patches += 1;
      now = live.replace('"annotations": {', '"annotations": { "netdiag/fix": "f1",');
    });
    const path = plainKubeconfig(await loopback(server));
    const clock = patientClock({ deadline: 300 });
    const error = await failure(CHANGES.PATCH(cluster({ path, clock })));
    expect(error.gap).toBe('timed-out');
    expect(error.message).toMatch(/did not answer within 36 s.*cannot see whether it was changed.*then ask again\.$/);
    expect(Math.max(...clock.deadlines)).toBe(36_000);
    expect(await CHANGES.PATCH(cluster({ path }))).toEqual({
      is: 'done',
      detail: 'DaemonSet kube-system/aws-node bears this change already.',
    });
    expect(patches).toBe(1);
  });
});
