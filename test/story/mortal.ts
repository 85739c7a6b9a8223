import { openJournal } from '../../src/adapter/journal/index.ts';
import { configuredDoors, loadRecording } from '../../src/adapter/recorded/index.ts';
import { systemClock } from '../../src/cli/system.ts';
import type { Event } from '../../src/model/index.ts';
import type { Clock, Journal } from '../../src/port.ts';
import type { Site } from '../../src/shell/index.ts';
import { configuredSite, play } from './play.ts';
import type { Script } from './play.ts';
import { SurvivingThread, SurvivingWorld } from './surviving.ts';

/** One life of netdiag in a story that goes on after its death. Plain data, handed to a process. */
export interface Life {
  readonly script: Script & { readonly journal: string };
  /** File in which the chat is kept. */
  readonly thread: string;
  /** Directory of a recording, and the file in which its nodes are kept; absent: the real nodes of NETDIAG_CONFIG. */
  readonly recorded?: { readonly recording: string; readonly nodes: string };
  readonly dies?: Death;
}

/** When a life ends by SIGKILL: as its n-th record is written, or the first one of that name. */
export interface Death {
  /** `before`: what was done is lost to the journal. `after`: it is recorded, and nothing new has begun. */
  readonly when: 'before' | 'after';
  readonly at: number | string;
}

/** After a death, work goes on this much later: short, and longer than this process is ever busy without a pause. */
export const LEASE_MS = 400;

/** What a record is of: `surveyed`, `shown question symptom`, `ended whisper`. */
function nameOf(event: Event): string {
  return event.is === 'shown' ? `shown ${event.slot}` : event.is;
}

/**
 * A journal that kills its own process at a record. It waits for a moment at which everything in the chat is recorded, but
 * for what is being recorded now: so what is in the chat twice afterwards is there because of this record alone.
 */
function deadly(journal: Journal, thread: SurvivingThread, death: Death): Journal {
  let records = 0;
  const others = (ref: string | null): boolean => [...thread.unrecorded].some((one) => one !== ref);
  const strikes = (name: string, ref: string | null, when: Death['when']): void => {
    const { at } = death;
    const due = typeof at === 'number' ? records + (when === 'before' ? 1 : 0) >= at : at === name;
    if (death.when !== when || !due || others(ref)) return;
    thread.note({ died: name, when });
    process.kill(process.pid, 'SIGKILL');
    // The signal may take a moment, in which nothing else may happen.
    for (;;);
  };
  const recording = async <T>(
    name: string,
    ref: string | null,
    write: () => Promise<T>,
    wrote: (answer: T) => boolean,
  ) => {
    // A record of that name may come only once, so it waits for the moment; numbers take the next one that fits.
    while (death.at === name && others(ref)) await systemClock.sleep(5);
    strikes(name, ref, 'before');
    const answer = await write();
    if (wrote(answer)) {
      records += 1;
      if (ref !== null) thread.unrecorded.delete(ref);
      strikes(name, null, 'after');
    }
    return answer;
  };
  return {
    ...bound(journal),
    advance: (step) => {
      const { event } = step;
      const write = () => journal.advance(step);
      return recording(
        nameOf(event),
        event.is === 'shown' ? event.ref : null,
        write,
        (written) => written === 'written',
      );
    },
    end: (incident, key, fence) => {
      const write = () => journal.end(incident, key, fence);
      const deed = key.replace(/^\d+-/, '');
      return recording(`ended ${deed}`, deed, write, (ended) => ended);
    },
  };
}

/** The same journal as plain functions. */
function bound(journal: Journal): Journal {
  return {
    advance: (step) => journal.advance(step),
    load: (incident) => journal.load(incident),
    open: () => journal.open(),
    latest: (limit) => journal.latest(limit),
    events: (incident) => journal.events(incident),
    lease: (...given) => journal.lease(...given),
    end: (...given) => journal.end(...given),
    release: (...given) => journal.release(...given),
    renew: (...given) => journal.renew(...given),
    nextDue: (now) => journal.nextDue(now),
    receive: (...given) => journal.receive(...given),
    unhandled: () => journal.unhandled(),
    handled: (key) => journal.handled(key),
    keep: (kind, bytes) => journal.keep(kind, bytes),
    bytes: (digest) => journal.bytes(digest),
    audit: (incident) => journal.audit(incident),
    note: (row) => journal.note(row),
    close: () => journal.close(),
  };
}

/** Recorded nodes need no time: waiting for packets and quiet windows is cut short. */
const hurried: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 25), signal) };

function siteOf({ recorded }: Life): { readonly site: Site; readonly clock: Clock; readonly end: () => Promise<void> } {
  if (recorded === undefined) {
    const { site, shell } = configuredSite();
    return { site, clock: systemClock, end: () => shell.closeAll() };
  }
  const recording = loadRecording(recorded.recording);
  const world = new SurvivingWorld(recording, systemClock, recorded.nodes);
  const site = { cluster: world.cluster, nodes: world.shell, doors: configuredDoors(recording) };
  return { site, clock: hurried, end: () => Promise.resolve() };
}

if (import.meta.main) {
  const life = JSON.parse(process.argv[2] ?? '{}') as Life;
  const { site, clock, end } = siteOf(life);
  const journal = await openJournal(life.script.journal);
  const thread = new SurvivingThread(life.thread);
  const kept = life.dies === undefined ? journal : deadly(journal, thread, life.dies);
  await play(life.script, site, { journal: kept, thread, clock, leaseMs: LEASE_MS });
  await end();
}
