import type { IpamdEvent } from '../../probe/ipamd-log.ts';

type Of<Kind extends IpamdEvent['is']> = Extract<IpamdEvent, { is: Kind }>;

/** What ipamd did since it last started, as far as its log reaches. */
export interface IpamdStart {
  /** The last failed attempt to list containers. */
  readonly unseen: Of<'unseen'> | null;
  readonly skipped: readonly Of<'skipped'>[];
  /** The pool as it last believed it before an ENI was freed; else as it last was. */
  readonly pool: Of<'pool'> | null;
  readonly freed: Extract<IpamdEvent, { is: 'freed' | 'detached' | 'deleted' }> | null;
  /** The attempt that failed last, while it still tries: whether it will see the containers is open. */
  readonly trying: Of<'unseen'> | null;
  /** It saw no container: attempts failed or pods were skipped, and not one was recovered. */
  readonly blind: boolean;
}

/** Reads the events of the last start, in their order. Nulls and empty where the log tells nothing. */
export function lastStart(events: readonly IpamdEvent[]): IpamdStart {
  const since = events.slice(events.findLastIndex(({ is }) => is === 'started') + 1);
  const skipped = since.filter((event): event is Of<'skipped'> => event.is === 'skipped');
  const freed =
    since.findLast((event): event is Of<'freed'> => event.is === 'freed') ??
    since.findLast((event): event is Of<'detached'> => event.is === 'detached') ??
    null;
  const before = freed === null ? since : since.slice(0, since.indexOf(freed));
  const unseen = since.findLast((event): event is Of<'unseen'> => event.is === 'unseen') ?? null;
  return {
    unseen,
    skipped,
    pool: before.findLast((event): event is Of<'pool'> => event.is === 'pool') ?? null,
    freed,
    trying: unseen !== null && unseen === since.at(-1) && unseen.attempt < unseen.of ? unseen : null,
    blind:
      ((unseen?.attempt === unseen?.of && unseen !== null) || skipped.length > 0) &&
      !since.some(({ is }) => is === 'recovered'),
  };
}
