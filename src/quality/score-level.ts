// A level of scores: neighbouring scores with their outcomes counted together.

/** Scores from `bottom` to `top`; a tie where both are equal. */
export interface ScoreLevel {
  /** Where it stands among others: the mean of its scores. */
  readonly at: number;
  readonly top: number;
  readonly bottom: number;
  readonly calm: number;
  readonly spike: number;
}

/** The same levels, ascending by `at`. */
export function sortedLevels<T extends ScoreLevel>(levels: readonly T[]): T[] {
  // Sorting numbers that hold the place is several times faster than sorting the levels.
  return Array.from(
    sortedKeys(levels, ({ at }) => at),
    (i) => levels[i]!,
  );
}

/** Joins ties of one score: a sum of several lists has the same score once from each. @param levels ascending. */
function joinedTies(levels: readonly ScoreLevel[]): ScoreLevel[] {
  const joined: ScoreLevel[] = [];
  let tie = -1;
  for (const level of levels) {
    const { at, calm, spike } = level;
    const isTie = level.top === level.bottom;
    const before = joined[tie];
    if (isTie && before?.at === at) {
      joined[tie] = { ...before, calm: before.calm + calm, spike: before.spike + spike };
      continue;
    }
    if (isTie) tie = joined.length;
    joined.push(level);
  }
  return joined;
}

/**
 * Joins equal scores, then merges neighbours until there are at most `most` levels.
 * @param unmerged ascending.
 */
export function mergedLevels(unmerged: readonly ScoreLevel[], most: number): ScoreLevel[] {
  const levels = joinedTies(unmerged);
  if (levels.length <= most) return levels;
  const groups = levelGroups(levels, most);
  const merged: ScoreLevel[] = [];
  levels.forEach((level, i) => {
    const last = merged.at(-1);
    if (last === undefined || groups[i] !== groups[i - 1]) {
      merged.push(level);
      return;
    }
    const [a, b] = [last.calm + last.spike, level.calm + level.spike];
    merged[merged.length - 1] = {
      top: Math.max(last.top, level.top),
      bottom: Math.min(last.bottom, level.bottom),
      calm: last.calm + level.calm,
      spike: last.spike + level.spike,
      at: (a * last.at + b * level.at) / (a + b),
    };
  });
  return merged;
}

/**
 * Which of at most `most` groups each level belongs to, 0 for the highest scores. The highest have a group each; behind
 * them the higher the score the fewer in a group, because PR-AUC depends on the highest. All spikes together weigh as
 * much as all calm steps, so that a rare spike keeps a group of its own.
 * @param levels ascending.
 */
function levelGroups(levels: readonly { readonly calm: number; readonly spike: number }[], most: number): Int32Array {
  const alone = Math.floor(most / 4);
  const groups = new Int32Array(levels.length);
  const rest = Math.max(0, levels.length - alone);
  let calm = 0;
  let spikes = 0;
  for (let i = 0; i < rest; i++) {
    calm += levels[i]!.calm;
    spikes += levels[i]!.spike;
  }
  const weight = calm > 0 && spikes > 0 ? calm / spikes : 1;
  const total = calm + weight * spikes;
  let above = 0;
  for (let i = levels.length - 1; i >= 0; i--) {
    if (i >= rest) {
      groups[i] = levels.length - 1 - i;
      continue;
    }
    const own = levels[i]!.calm + weight * levels[i]!.spike;
    groups[i] = alone + Math.floor((most - alone) * Math.sqrt(Math.min((above + own / 2) / total, 1 - 1e-12)));
    above += own;
  }
  return groups;
}

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);
const MOST_KEYS = 1_048_576;

/** Places of the values in ascending order. @param of from 0 to 1, rounded to float32. */
export function sortedKeys<T>(values: readonly T[], of: (value: T) => number): Float64Array {
  const keys = new Float64Array(values.length);
  for (let i = 0; i < keys.length; i++) {
    scratch[0] = of(values[i]!);
    keys[i] = scratchBits[0]! * MOST_KEYS + i;
  }
  keys.sort();
  for (let i = 0; i < keys.length; i++) keys[i]! %= MOST_KEYS;
  return keys;
}
