import { canonical, type KubernetesPatch, type PodFacts } from '../../model/index.ts';
import {
  BROKEN,
  type RecordedDeletion,
  type RecordedPatch,
  type RecordedStep,
  ROLLED_BACK,
  sameStep,
  unfixed,
} from './recording.ts';

/** Where a step begins, what its first state is to be called (`null`: nobody said), and what the API server said. */
interface Lead {
  readonly from: string;
  readonly next: string | null;
  readonly detail: string;
}

/** Collects the steps of the API server while they are recorded, and names the states that they lead to. */
export class StepsInMaking {
  readonly all: RecordedStep[] = [];
  readonly #known: (state: string) => boolean;
  /** Where each fix began. */
  readonly #fixes = new Map<string, string>();
  /** What each fix did to which object, there and back. */
  readonly #patched = new Set<string>();
  readonly #deleted = new Set<string>();

  constructor(known: (state: string) => boolean) {
    this.#known = known;
  }

  /** The state that a patch leads to; `null` when it changed nothing, because it was asked for before or had no effect to take back. */
  patched(lead: Lead, step: KubernetesPatch, fix: string, taking: 'effect' | 'back'): string | null {
    const { kind, namespace, name, uid } = step.object;
    const what: RecordedPatch = { is: 'patch', taking, object: { kind, namespace, name, uid }, patch: step.patch };
    const about = canonical([fix, kind, namespace, name]);
    if (this.#patched.has(`${taking} ${about}`)) return null;
    if (taking === 'back' && !this.#patched.has(`effect ${about}`)) return null;
    this.#patched.add(`${taking} ${about}`);
    const began = this.#fixes.get(fix) ?? lead.from;
    this.#fixes.set(fix, began);
    if (taking === 'effect') {
      return this.#led(lead, what, this.#onwards({ ...lead, from: unfixed(lead.from) }), true);
    }
    return this.#led(lead, what, unfixed(began) === BROKEN ? ROLLED_BACK : `${unfixed(began)}:back`, false);
  }

  /** The state that the deletion of a pod leads to; `null` when it was deleted before. */
  deleted(lead: Lead, { namespace, owner, node, name, uid }: PodFacts): string | null {
    if (this.#deleted.has(uid)) return null;
    this.#deleted.add(uid);
    return this.#led(lead, { is: 'pod-delete', namespace, owner, node, name }, this.#onwards(lead), lead.next !== null);
  }

  /** What the states of a change are called: as expected, else as the ones that it has passed already. */
  #onwards({ from, next }: Lead): string {
    if (next !== null) return next;
    return from === BROKEN ? `after:step-${this.all.length + 1}` : from.replace(/:\d+$/, '');
  }

  /** `begins`: with this step a change begins, which it does from a rolled back state as from the one that it equals. */
  #led({ from, detail }: Lead, what: RecordedPatch | RecordedDeletion, stem: string, begins: boolean): string {
    const seen = this.all.filter((one) => sameStep(one, what));
    const same =
      seen.find((one) => one.from === from) ?? seen.find((one) => begins && unfixed(one.from) === unfixed(from));
    if (same !== undefined) return same.to;
    let to = stem;
    for (let count = 2; this.#known(to); count += 1) to = `${stem}:${count}`;
    this.all.push({ from, to, detail, ...what });
    return to;
  }
}
