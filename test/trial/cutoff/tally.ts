import type { Attempted } from './attempt.ts';

/** What became of all trials of one kind. */
export interface Tally {
  readonly kind: string;
  readonly says: string;
  readonly told: readonly Attempted[];
}

/** A line of headings and one for each kind, in columns: seconds from the accident until the node was at rest, and past its deadline. */
export function table(tallies: readonly Tally[]): readonly string[] {
  const headings = ['kind', 'runs', 'right', 'equal', 'median', 'p95', 'max', 'past', 'ended'];
  const rows = [headings, ...tallies.filter(({ told }) => told.length > 0).map(row)];
  const widths = headings.map((_, at) => Math.max(...rows.map((cells) => cells[at]?.length ?? 0)));
  return rows.map((cells) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function row({ kind, told }: Tally): string[] {
  const back = told.flatMap(({ backSeconds }) => (backSeconds === null ? [] : [backSeconds])).toSorted((a, b) => a - b);
  const past = told.flatMap(({ pastDeadline }) => (pastDeadline === null ? [] : [pastDeadline]));
  const ends = Map.groupBy(told, ({ ended }) => ended);
  const share = (holds: (one: Attempted) => boolean): string => `${told.filter(holds).length}/${told.length}`;
  return [
    kind,
    String(told.length),
    share(({ wrong }) => wrong.length === 0),
    share(({ equal }) => equal),
    seconds(at(back, 0.5)),
    seconds(at(back, 0.95)),
    seconds(back.at(-1)),
    seconds(past.length === 0 ? undefined : Math.max(...past)),
    [...ends]
      .toSorted(([, a], [, b]) => b.length - a.length)
      .map(([end, of]) => `${of.length} ${end}`)
      .join(', '),
  ];
}

/** The smallest that a share of all are not above. */
function at(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

function seconds(value: number | undefined): string {
  return value === undefined ? '-' : value.toFixed(1);
}
