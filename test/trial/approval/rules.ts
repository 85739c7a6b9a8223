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

/** What comes with a press: whose signature it is (`null`: of nobody who could be told), and how everybody stands by now. */
export interface With {
  readonly signer?: string | null | undefined;
  /** Whether somebody is in the workspace still, and in which groups. */
  readonly stands: (id: string) => Presser | null;
}

/** Whom a site lets approve. */
export interface Site {
  /** Ids of people and of user groups. */
  readonly approvers: readonly string[];
  /** Ids of one and the same person, the names under which they sign among them. */
  readonly same: readonly (readonly string[])[];
  /** Ids of people who may approve alone in an emergency. */
  readonly breakers: readonly string[];
}

/** What a press must come to. */
export type Verdict = 'begins' | 'counts' | 'refused';

interface Card {
  readonly finding: string;
  readonly wanted: number;
  readonly until: number;
  /** Every approval needs a signature of who gives it. */
  readonly signed: boolean;
  over: boolean;
  /** Who said yes, and under which id. */
  readonly yes: Map<string, string>;
  /** One person who approved alone, until somebody else has reviewed it. */
  alone: string | null;
  reviewed: boolean;
}

/** The approvals of one incident. */
export class Rules {
  readonly #site: Site;
  readonly #cards = new Map<string, Card>();
  #requester: string;
  #running: string | null = null;
  #revoked = false;
  #void = false;

  constructor(site: Site, requester: string) {
    this.#site = site;
    this.#requester = this.#person(requester);
  }

  /** A plan is put up for approval. */
  offered(plan: string, finding: string, risk: number, at: number, signed: boolean): void {
    const fresh = { over: false, yes: new Map<string, string>(), alone: null, reviewed: false };
    this.#cards.set(plan, { finding, wanted: WANTED[risk] ?? 2, until: at + STANDS_MS, signed, ...fresh });
  }

  /** Something happened at that time. What was late once is late for ever, whatever the clock says later. */
  at(now: number): void {
    for (const card of this.#cards.values()) if (now >= card.until) card.over = true;
  }

  approve(plan: string, by: Presser, { signer, stands }: With): Verdict {
    const card = this.#cards.get(plan);
    const person = this.#person(by.id);
    if (card === undefined || !this.stands(plan)) return 'refused';
    if (person === this.#requester || !this.#mayApprove(by) || card.yes.has(person)) return 'refused';
    if (card.signed && !this.#signs(person, signer)) return 'refused';
    if (card.yes.size + 1 >= card.wanted)
      for (const [other, id] of card.yes) {
        const now = stands(id);
        if (now === null || !this.#mayApprove(now)) card.yes.delete(other);
      }
    card.yes.set(person, by.id);
    return card.yes.size < card.wanted ? 'counts' : this.#begin(plan);
  }

  /** One person alone: configured for it, with a reason and their own signature. It does not matter who asked. */
  breakGlass(plan: string, { id }: Presser, reason: string, { signer }: With): Verdict {
    const card = this.#cards.get(plan);
    const person = this.#person(id);
    if (card === undefined || !this.stands(plan)) return 'refused';
    if (!this.#site.breakers.some((one) => this.#person(one) === person)) return 'refused';
    if (reason.trim() === '' || !this.#signs(person, signer)) return 'refused';
    // An earlier yes of the same person is this one.
    card.yes.delete(person);
    card.alone = person;
    return this.#begin(plan);
  }

  /** Whether that person's review of what was approved alone counts. */
  review(plan: string, by: Presser): boolean {
    const card = this.#cards.get(plan);
    const may = this.#mayApprove(by) || this.#site.breakers.some((one) => this.#person(one) === this.#person(by.id));
    if (card === undefined || card.alone === null || card.reviewed || card.alone === this.#person(by.id) || !may)
      return false;
    card.reviewed = true;
    return true;
  }

  /** A yes is taken back: one's own as long as others are wanted, the last one by whoever may say no, until the node has begun. */
  revoke(plan: string, by: Presser): boolean {
    const card = this.#cards.get(plan);
    if (this.stands(plan)) return card?.yes.delete(this.#person(by.id)) === true;
    if (this.#running !== plan || this.#revoked || !this.#mayDeny(by)) return false;
    this.#revoked = true;
    return true;
  }

  /** Consents that count at present. */
  yes(plan: string): number {
    const card = this.#cards.get(plan);
    return card?.alone === null ? card.yes.size : (card?.yes.size ?? 0) + 1;
  }

  reviewedOf(plan: string): boolean {
    return this.#cards.get(plan)?.reviewed === true;
  }

  #begin(plan: string): Verdict {
    this.#running = plan;
    this.#revoked = false;
    this.#endAll();
    return 'begins';
  }

  #signs(person: string, signer: string | null | undefined): boolean {
    return typeof signer === 'string' && this.#person(`signer:${signer}`) === person;
  }

  /** A no is final, whoever said yes before. False where it does not count. */
  reject(plan: string, by: Presser): boolean {
    const card = this.#cards.get(plan);
    // A no that comes after the last yes, and before the node has begun, is a no.
    if (this.#running === plan) return this.revoke(plan, by);
    if (card === undefined || card.over || this.#void || !this.#mayDeny(by)) return false;
    card.over = true;
    return true;
  }

  stop(by: Presser): void {
    if (!this.#mayDeny(by)) return;
    if (this.#running === null) this.#endAll();
    else this.#revoked = true;
  }

  /** That finding is not the cause: what mends it is off. */
  dismissed(finding: string, by: Presser): boolean {
    if (!this.#mayDeny(by)) return false;
    for (const card of this.#cards.values()) if (card.finding === finding) card.over = true;
    return true;
  }

  /** The change is over, or was never begun. */
  rested(): void {
    this.#running = null;
    this.#revoked = false;
  }

  /** Whether what is under way was taken back by somebody, so that it must not stay. */
  get revoked(): boolean {
    return this.#revoked;
  }

  /** Whoever asks anew is who asks; nothing old can be approved any more. */
  asked(by: string): void {
    this.#requester = this.#person(by);
    this.#endAll();
  }

  /** The playbook that all of it rests on is another one now. */
  playbookChanged(): void {
    if (this.#running === null) this.#endAll();
    this.#void = true;
  }

  get running(): boolean {
    return this.#running !== null;
  }

  /** Whether anybody at all could still approve it. */
  stands(plan: string): boolean {
    const card = this.#cards.get(plan);
    return card !== undefined && !card.over && this.#running === null && !this.#void;
  }

  #endAll(): void {
    for (const card of this.#cards.values()) card.over = true;
  }

  #person(id: string): string {
    return this.#site.same.find((ids) => ids.includes(id))?.[0] ?? id;
  }

  #mayApprove({ id, groups }: Presser): boolean {
    const person = this.#person(id);
    return (
      this.#site.approvers.some((one) => this.#person(one) === person) ||
      groups.some((group) => this.#site.approvers.includes(group))
    );
  }

  #mayDeny(by: Presser): boolean {
    return this.#person(by.id) === this.#requester || this.#mayApprove(by);
  }
}
