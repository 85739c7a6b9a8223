import { configuredSite, play } from './play.ts';
import type { Script } from './play.ts';

/** How one of many diagnoses ended. */
export interface Ended {
  readonly outcome: string | null;
  readonly findings: readonly string[];
  readonly offers: number;
  readonly troubles: readonly string[];
  /** What could not be seen, where that kept the diagnosis from an end. */
  readonly hidden?: readonly string[];
}

/** Diagnoses of the same lab under way at once, each with connections of its own, as if netdiag ran so often. */
const AT_ONCE = 3;

if (import.meta.main) {
  const waiting = [...(JSON.parse(process.argv[2] ?? '[]') as readonly Script[])];
  const ended: Ended[] = [];
  const one = async (): Promise<void> => {
    const { site, shell } = configuredSite();
    for (let script = waiting.shift(); script !== undefined; script = waiting.shift()) {
      const { state } = await play(script, site);
      const findings = state.findings.map(({ code }) => code);
      const hidden = [...state.unseen.map(({ check, detail }) => `${check}: ${detail}`), state.watchFailure ?? ''];
      ended.push({
        outcome: state.outcome,
        findings,
        offers: state.offers.length,
        troubles: state.troubles,
        ...(state.outcome === 'nothing-found' ? {} : { hidden }),
      });
    }
    await shell.closeAll();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  process.stdout.write(JSON.stringify(ended));
}
