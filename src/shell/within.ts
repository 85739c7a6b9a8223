import type { NodeSession } from '../port.ts';

/** Does something over a session and closes it, however that ends. */
export async function within<T>(session: NodeSession, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await session.close();
  }
}
