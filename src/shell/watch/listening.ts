import { count, headersOnly } from '../../capture/index.ts';
import type { CapturePoint, CaptureRecord, CaptureStory, Gap, WatchPlan } from '../../model/index.ts';
import type { NodeSession } from '../../port.ts';
import type { Ports } from '../ports.ts';

/** One capture as it came from the node, payload taken out. */
export interface Captured {
  readonly pcap: Uint8Array;
  readonly gap?: Gap;
}

/** Captures that listen at all points at once. */
export interface Listening {
  /** Ends them all, once, and gives what they saw in the order of the points. */
  stop(): Promise<readonly Captured[]>;
}

/** Starts a capture at every point. A point whose node has no session is a gap. */
export async function listen(
  watch: WatchPlan,
  on: (point: CapturePoint) => NodeSession | null,
  named: string,
): Promise<Listening> {
  const started = await Promise.allSettled(
    watch.points.map(async (point) =>
      on(point)?.capture({
        device: point.device,
        filter: point.filter ?? watch.filter,
        limits: watch.limits,
        key: `${named}/capture/${point.device}`,
      }),
    ),
  );
  const ending = async (): Promise<Captured[]> =>
    Promise.all(
      started.map(async (one): Promise<Captured> => {
        const held = one.status === 'fulfilled' ? await one.value?.stop() : undefined;
        if (held === undefined) return { pcap: new Uint8Array(), gap: 'unreachable' };
        return { pcap: headersOnly(held.pcap), ...(held.gap === undefined ? {} : { gap: held.gap }) };
      }),
    );
  let ended: Promise<Captured[]> | null = null;
  const stop = (): Promise<Captured[]> => (ended ??= ending());
  const broken = started.find((one) => one.status === 'rejected');
  if (broken !== undefined) {
    await stop();
    throw broken.reason;
  }
  return { stop };
}

/** Keeps every capture, with what it holds and why it may not be whole. */
export async function keepCaptures(
  ports: Ports,
  points: readonly CapturePoint[],
  captures: readonly Captured[],
  told: CaptureStory,
): Promise<CaptureRecord[]> {
  return Promise.all(
    points.map(async (point, index): Promise<CaptureRecord> => {
      const { pcap, gap: torn } = captures[index] ?? { pcap: new Uint8Array() };
      const counted = count(pcap);
      const gap = torn ?? told.unseen?.find((unseen) => unseen.point === index)?.gap;
      return {
        point,
        file: fileName(point, points),
        output: await ports.journal.keep('capture', pcap),
        packets: counted.packets,
        flows: counted.flows,
        ...(gap === undefined ? {} : { gap }),
      };
    }),
  );
}

/** `capture-eth0.pcap`; with its node where points are on several. */
function fileName({ node, device }: CapturePoint, points: readonly CapturePoint[]): string {
  const several = points.some((other) => other.node !== node);
  const plain = (name: string): string => name.replaceAll(/[^A-Za-z0-9_-]/g, '_');
  return several ? `capture-${plain(node)}-${plain(device)}.pcap` : `capture-${plain(device)}.pcap`;
}
