import { createServer, connect, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** Where bytes go: a port on 127.0.0.1 of the network namespace that one is in, or a socket in the file system. */
export type End = { readonly port: number } | { readonly path: string };

/**
 * Takes connections at one end and carries each to the other. A socket in the file system is the same for every network namespace,
 * so two relays lead from a namespace's loopback to that of another, where no network does. Resolves when it listens.
 */
export async function relay(from: End, to: End): Promise<Server> {
  const server = createServer((near) => {
    const far = connect('port' in to ? { host: '127.0.0.1', port: to.port } : to);
    pipe(near, far);
    pipe(far, near);
  });
  server.listen('port' in from ? { host: '127.0.0.1', port: from.port } : from);
  await once(server, 'listening');
  return server;
}

function pipe(from: Socket, to: Socket): void {
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
  from.pipe(to);
}

/** As a process of its own, `relay.ts PORT PATH`: prints a line when it listens, and ends with its stdin. */
if (import.meta.main) {
  const [port, path] = process.argv.slice(2);
  if (port === undefined || path === undefined) throw new TypeError('usage: relay.ts PORT PATH');
  await relay({ port: Number(port) }, { path });
  process.stdin.once('close', () => process.exit(0));
  process.stdin.once('end', () => process.exit(0));
  process.stdin.resume();
  console.log('ready');
}
