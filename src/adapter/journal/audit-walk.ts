import { type AuditHead, type FoundRow, link, readRow, START } from './audit-row.ts';

/** One thing that does not fit. `seq` is the row that it was seen at. */
export interface AuditComplaint {
  readonly seq: number;
  readonly sentence: string;
}

/** More than these say nothing new. */
const MOST = 50;

/** Takes the rows of a chain in their order and notes what does not fit. After a complaint it goes on from the row as it is. */
export class AuditWalk {
  readonly complaints: AuditComplaint[] = [];
  /** The last row taken. */
  last: AuditHead = { seq: 0, hash: START };
  /** The hash that the last row should have: another one than it has, where that row was changed. */
  #due = START;
  /** Numbers of earlier rows by what they continue, to tell a second continuation from nonsense. */
  readonly #before: (hash: string) => Promise<number | null>;

  /** `before` gives the number of the first row that has this hash; `null` where none has. */
  constructor(before: (hash: string) => Promise<number | null>) {
    this.#before = before;
  }

  get full(): boolean {
    return this.complaints.length >= MOST;
  }

  complain(seq: number, what: string): void {
    if (!this.full) this.complaints.push({ seq, sentence: `The audit was tampered with: ${what}.` });
  }

  /** False where the row has no number, so that nobody can say what follows it. */
  async take(found: FoundRow): Promise<boolean> {
    const row = readRow(found);
    if (typeof row === 'string') {
      const next = this.last.seq + 1;
      this.complain(next, `row ${next} holds something in ${row} that netdiag never wrote there`);
      const [seq, hash] = [Number(found.seq), found.hash];
      if (!Number.isSafeInteger(seq)) return false;
      this.last = { seq, hash: typeof hash === 'string' ? hash : '' };
      this.#due = this.last.hash;
      return true;
    }
    const { seq, prev, hash } = row;
    const next = this.last.seq + 1;
    const due = link(row, seq, prev).hash;
    if (seq === next + 1) this.complain(next, `row ${next} is missing`);
    else if (seq > next) this.complain(next, `rows ${next} to ${seq - 1} are missing`);
    else if (seq < next) this.complain(seq, `row ${seq} is there twice`);
    else if (prev !== this.last.hash && prev !== this.#due) await this.#loose(seq, prev);
    if (hash !== due) this.complain(seq, `row ${seq} was changed after it was written`);
    this.last = { seq, hash };
    this.#due = due;
    return true;
  }

  async #loose(seq: number, prev: string): Promise<void> {
    const other = prev === START ? 0 : await this.#before(prev);
    if (other === null || other >= seq) return this.complain(seq, `row ${seq} does not continue the row before it`);
    const from = other === 0 ? 'begins the chain anew' : `continues row ${other}`;
    this.complain(seq, `row ${seq} ${from} instead of row ${seq - 1}: the chain was forked there`);
  }

  /** `heads` is every row that tells how the audit ends: one, or none before the first audit row. */
  end(heads: readonly { readonly one: unknown; readonly seq: unknown; readonly hash: unknown }[]): void {
    const { seq, hash } = this.last;
    const [head, ...more] = heads;
    if (head === undefined) {
      if (seq > 0) this.complain(seq, `row ${seq} is not the row that was written last: what was written last is gone`);
      return;
    }
    if (more.length > 0 || String(head.one) !== '1') {
      return this.complain(seq, 'more or other is noted of how it ends than netdiag notes');
    }
    const noted = Number(head.seq);
    if (noted > seq) {
      const what = noted === seq + 1 ? `row ${noted} was` : `rows ${seq + 1} to ${noted} were`;
      return this.complain(seq + 1, `${what} written and ${noted === seq + 1 ? 'is' : 'are'} missing at the end`);
    }
    if (noted !== seq || head.hash !== hash) this.complain(seq, `row ${seq} is not the row that was written last`);
  }
}
