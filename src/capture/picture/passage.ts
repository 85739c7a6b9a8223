export type Part = 'request' | 'answer' | 'refusal';

/** Where a packet is missing. Columns are numbers into the picture's columns. */
export interface Missing {
  /** The last column where it is known to have been. */
  readonly from: number;
  readonly at: number;
  /** `lost`: it was looked for and is not there. `unknown`: nobody can tell. */
  readonly mark: 'lost' | 'unknown';
  readonly words: string;
}

/** One kind of packet on its way from column to column. */
export interface Passage {
  readonly part: Part;
  /** Sent again, because nothing had come back. */
  readonly again: boolean;
  /** `7 × SYN`; empty where there is nothing to count. */
  readonly label: string;
  /** The way that it was seen to take; `null` when it was seen nowhere. `to` may be one behind the last column: away, unwatched. */
  readonly way: { readonly from: number; readonly to: number } | null;
  /** Columns where it was seen. */
  readonly seen: readonly number[];
  readonly missing: Missing | null;
}
