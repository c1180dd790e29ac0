/** Lines of a runtime's log as they are kept and looked through. Pure. */
import type { LogLine } from '#schemas/contract/watch.ts';
import { logLinesAtMost } from '#schemas/contract/watch.ts';

export type LogLevel = NonNullable<LogLine['level']>;

/**
 * away: the runtime answers, OpenClaw in it does not. waiting: the runtime does not, it is tried
 * again. refused: trying again by itself would not help. ended: the right to read has gone.
 */
export type WatchState = 'idle' | 'connecting' | 'live' | 'away' | 'waiting' | 'refused' | 'ended';

export interface KeptLine extends LogLine {
  /** The same line is the same element, so that what one reads does not jump. */
  readonly id: number;
}

/** Newest last; the oldest go. `lastId`: of the newest that was ever kept. */
export const addLines = (
  kept: readonly KeptLine[],
  lines: readonly LogLine[],
  lastId = kept.at(-1)?.id ?? 0,
): readonly KeptLine[] => {
  const next = lastId + 1;
  const added = lines.map((line, index) => ({ ...line, id: next + index }));
  return [...kept, ...added].slice(-logLinesAtMost);
};

const fold = (text: string): string => text.normalize('NFKC').toLowerCase();

/** Lines in which every typed word is found, in whatever part. */
export const findLines = (lines: readonly KeptLine[], typed: string): readonly KeptLine[] => {
  const words = fold(typed)
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return lines;
  return lines.filter(({ at, level, source, text }) => {
    const hay = fold([at ?? '', level ?? '', source, text].join('\n'));
    return words.every((word) => hay.includes(word));
  });
};

/** As one pastes it into a message: one line of text each, in the order they came. */
export const textOfLines = (lines: readonly KeptLine[]): string =>
  lines
    .map(({ at, level, source, text }) =>
      [at, level, source === '' ? null : `[${source}]`, text]
        .filter((part) => part !== null)
        .join(' '),
    )
    .join('\n');
