import type { Clock } from '../../port.ts';
import type { Ask } from './ask.ts';
import { type Access, connect, type Connection, type Manners } from './connect.ts';
import { Failure } from './failure.ts';
import { clusterError } from './sentence.ts';

/** Puts one question to an API server; whatever goes wrong becomes a ClusterError of one sentence. */
export type Answer = <T>(ask: Ask, question: (to: Connection) => Promise<T>) => Promise<T>;

/**
 * A way to ask one API server. Nothing is loaded, read or sent before the first question; settings that could not be used are read
 * again by the next one: the file may be there by then. `explain`: how a fault becomes an error.
 */
export function asking(
  access: Access,
  clock: Clock,
  manners: Manners,
  explain: typeof clusterError = clusterError,
): Answer {
  let connection: Promise<Connection> | null = null;
  const connected = (): Promise<Connection> => {
    connection ??= connect(access, clock, manners).catch((error: unknown) => {
      connection = null;
      throw error;
    });
    return connection;
  };
  return async (ask, question) => {
    let server = '';
    try {
      const to = await connected();
      server = to.server;
      return await question(to);
    } catch (error) {
      throw explain(faultOf(error), ask, server);
    }
  };
}

/** The library's own errors come from answers of another shape than its types promise; what they say stays inside. */
function faultOf(error: unknown): Failure['fault'] {
  if (error instanceof Failure) return error.fault;
  return { is: 'shape', words: error instanceof Error ? error.name : 'unknown' };
}
