import type { TerminalThread } from '../adapter/terminal/index.ts';
import type { IncidentState } from '../model/index.ts';
import { startWorker } from '../shell/index.ts';
import type { Workplace } from '../shell/index.ts';

const LOOK_MS = 500;
/** A bot takes up an effect within a second; after this long nobody is there. */
const NOBODY_MS = 20_000;
const DONE = 0;
const NOT = 1;

/**
 * Stays with an approved plan until it has come to an end, telling every step: carried out here where the incident is the terminal's,
 * else by the bot. 0 where the node is mended, 1 where it is not, or where nobody carries it out.
 */
export async function carriedOut(
  workplace: Workplace,
  terminal: TerminalThread,
  incident: string,
  since: number,
): Promise<number> {
  const first = await stateOf(workplace, incident);
  return first.place.team === 'terminal' ? here(workplace, incident) : byTheBot(workplace, terminal, incident, since);
}

async function here(workplace: Workplace, incident: string): Promise<number> {
  const worker = startWorker(workplace);
  try {
    for (;;) {
      await worker.drain();
      const state = await stateOf(workplace, incident);
      if (isOver(state)) return ended(state);
      await workplace.clock.sleep(LOOK_MS);
    }
  } finally {
    await worker.stop();
  }
}

async function byTheBot(
  { journal, clock }: Workplace,
  terminal: TerminalThread,
  incident: string,
  since: number,
): Promise<number> {
  const shown = new Map<string, number>();
  let heard = false;
  for (;;) {
    const state = await stateOf({ journal }, incident);
    for (const slot of ['live', 'summary']) {
      const telling = state.telling[slot];
      if (telling === undefined || shown.get(slot) === telling.revision) continue;
      shown.set(slot, telling.revision);
      await terminal.show(state.place, slot, telling.message, null);
    }
    if (isOver(state)) return ended(state);
    heard ||= state.change?.entry !== null || (state.change.cluster?.done ?? 0) > 0;
    if (!heard && clock.now() - since > NOBODY_MS) {
      terminal.say(
        'The approval is written down, but nobody has begun with it: is netdiag serve running on this journal? It does so until the approval expires.',
      );
      return NOT;
    }
    await clock.sleep(LOOK_MS);
  }
}

/** The change has come to its end: nothing is under way any more. */
function isOver({ life }: IncidentState): boolean {
  return life === 'closed' || life === 'proposing';
}

function ended({ outcome }: IncidentState): number {
  return outcome === 'repaired' ? DONE : NOT;
}

async function stateOf({ journal }: Pick<Workplace, 'journal'>, incident: string): Promise<IncidentState> {
  const stored = await journal.load(incident);
  if (stored === null) throw new Error('The incident is not in this journal any more.');
  return stored.state;
}
