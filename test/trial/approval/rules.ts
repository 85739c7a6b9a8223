/**
 * What may be approved, by whom and until when, written from the rules alone: an independent opinion to compare netdiag's with.
 * Nothing of netdiag is imported.
 */

/** Fifteen minutes. */
const STANDS_MS = 15 * 60_000;
/** Persons whose yes a plan wants, by its risk. */
const WANTED: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2 };

/** Who presses, and in which user groups the chat says they are at that moment. */
export interface Presser {
  readonly id: string;
  readonly groups: readonly string[];
}

/** Whom a site lets approve. */
export interface Site {
  /** Ids of people and of user groups. */
  readonly approvers: readonly string[];
  /** Ids of one and the same person. */
  readonly same: readonly (readonly string[])[];
}

/** What a press must come to. */
export type Verdict = 'begins' | 'counts' | 'refused';

interface Card {
  readonly finding: string;
  readonly wanted: number;
  readonly until: number;
  over: boolean;
  readonly yes: Set<string>;
}

/** The approvals of one incident. */
export class Rules {
  readonly #site: Site;
  readonly #cards = new Map<string, Card>();
  #requester: string;
  #running = false;
  #void = false;

  constructor(site: Site, requester: string) {
    this.#site = site;
    this.#requester = this.#person(requester);
  }

  /** A plan is put up for approval. */
  offered(plan: string, finding: string, risk: number, at: number): void {
    this.#cards.set(plan, { finding, wanted: WANTED[risk] ?? 2, until: at + STANDS_MS, over: false, yes: new Set() });
  }

  /** Something happened at that time. What was late once is late for ever, whatever the clock says later. */
  at(now: number): void {
    for (const card of this.#cards.values()) if (now >= card.until) card.over = true;
  }

  approve(plan: string, { id, groups }: Presser): Verdict {
    const card = this.#cards.get(plan);
    const person = this.#person(id);
    if (card === undefined || card.over || this.#running || this.#void) return 'refused';
    if (person === this.#requester || !this.#mayApprove({ id, groups }) || card.yes.has(person)) return 'refused';
    card.yes.add(person);
    if (card.yes.size < card.wanted) return 'counts';
    this.#running = true;
    this.#endAll();
    return 'begins';
  }

  /** A no is final, whoever said yes before. False where it does not count. */
  reject(plan: string, by: Presser): boolean {
    const card = this.#cards.get(plan);
    if (card === undefined || card.over || this.#void || !this.#mayDeny(by)) return false;
    card.over = true;
    return true;
  }

  stop(by: Presser): void {
    if (!this.#running && this.#mayDeny(by)) this.#endAll();
  }

  /** That finding is not the cause: what mends it is off. */
  dismissed(finding: string): void {
    for (const card of this.#cards.values()) if (card.finding === finding) card.over = true;
  }

  /** The change is over, or was never begun. */
  rested(): void {
    this.#running = false;
  }

  /** Whoever asks anew is who asks; nothing old can be approved any more. */
  asked(by: string): void {
    this.#requester = this.#person(by);
    this.#endAll();
  }

  /** The playbook that all of it rests on is another one now. */
  playbookChanged(): void {
    if (!this.#running) this.#endAll();
    this.#void = true;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Whether anybody at all could still approve it. */
  stands(plan: string): boolean {
    const card = this.#cards.get(plan);
    return card !== undefined && !card.over && !this.#running && !this.#void;
  }

  #endAll(): void {
    for (const card of this.#cards.values()) card.over = true;
  }

  #person(id: string): string {
    return this.#site.same.find((ids) => ids.includes(id))?.[0] ?? id;
  }

  #mayApprove({ id, groups }: Presser): boolean {
    return this.#site.approvers.includes(id) || groups.some((group) => this.#site.approvers.includes(group));
  }

  #mayDeny(by: Presser): boolean {
    return this.#person(by.id) === this.#requester || this.#mayApprove(by);
  }
}
