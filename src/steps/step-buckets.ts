// Steps to buckets of equal length, for a chart that has fewer points than steps.
import { CHUNK_STEPS, STEP_FLAG, type StepChunk } from "./step-chunk.ts";

/** Which steps, in how many buckets. Times in ms; a step counts by its end. */
export interface BucketRange {
  readonly stepMs: number;
  /** Steps that end after `fromMs` and at `toMs` at the latest. */
  readonly fromMs: number;
  readonly toMs: number;
  /** A multiple of `stepMs`. */
  readonly everyMs: number;
}

/** One entry a bucket; `null` where nothing is known. */
export interface BucketColumns {
  /** End of the bucket, ms: it has the steps that end in (ts − everyMs, ts]. */
  readonly ts: number[];
  /** First, largest, smallest and last price of its steps. */
  readonly open: (number | null)[];
  readonly high: (number | null)[];
  readonly low: (number | null)[];
  readonly price: (number | null)[];
  /** Of its last step that has one. */
  readonly rvBps: (number | null)[];
  readonly tauBps: (number | null)[];
  readonly threshold: (number | null)[];
  readonly sigmaBps: (number | null)[];
  /** The largest. */
  readonly probability: (number | null)[];
  /** Whether any of its predictions was an alert. */
  readonly alert: (boolean | null)[];
  /** Whether any label that was confirmed in it is a spike; each is about the step one horizon earlier. */
  readonly spike: (boolean | null)[];
}

/** Lengths of buckets in steps; above the last one whole multiples of it. */
const LENGTHS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600];

/**
 * The shortest bucket of `LENGTHS` that gives at most `points` buckets, ms.
 *
 * Example: an hour of steps of 1 s in at most 600 points: `everyMs({ stepMs: 1000, fromMs: 0, toMs: 3_600_000 }, 600)`
 * is 10,000, because buckets are aligned and 600 of 6 s are not among the lengths.
 */
export function everyMs({ stepMs, fromMs, toMs }: Omit<BucketRange, "everyMs">, points: number): number {
  const fits = (every: number): boolean => bucketCount({ stepMs, fromMs, toMs, everyMs: every }) <= points;
  const length = LENGTHS.find((steps) => fits(steps * stepMs));
  if (length !== undefined) return length * stepMs;
  const longest = LENGTHS.at(-1)! * stepMs;
  let multiple = Math.max(1, Math.floor((toMs - fromMs) / points / longest));
  while (!fits(multiple * longest)) multiple += 1;
  return multiple * longest;
}

/** The bucket of a step that ends at `tsMs`, counted from 1970. */
function bucketOf(tsMs: number, every: number): number {
  return Math.ceil(tsMs / every);
}

function bucketCount({ stepMs, fromMs, toMs, everyMs: every }: BucketRange): number {
  const [first, last] = [firstEnd(fromMs, stepMs), lastEnd(toMs, stepMs)];
  return last < first ? 0 : bucketOf(last, every) - bucketOf(first, every) + 1;
}

/** The first end of a step after a time. */
function firstEnd(fromMs: number, stepMs: number): number {
  return (Math.floor(fromMs / stepMs) + 1) * stepMs;
}

function lastEnd(toMs: number, stepMs: number): number {
  return Math.floor(toMs / stepMs) * stepMs;
}

/** Steps of a range in buckets. Chunks are added in the order of time. */
export class StepBuckets {
  /** With all digits of their float32 figures: to shorten each step's would take longer than all else. */
  private readonly whole: BucketColumns;
  private readonly range: BucketRange;
  private readonly first: number;

  constructor(range: BucketRange) {
    this.range = range;
    const { stepMs, fromMs, everyMs: every } = range;
    this.first = bucketOf(firstEnd(fromMs, stepMs), every);
    const count = bucketCount(range);
    const empty = <T>(): (T | null)[] => new Array<T | null>(count).fill(null);
    this.whole = {
      ts: Array.from({ length: count }, (_, k) => (this.first + k) * every),
      open: empty(),
      high: empty(),
      low: empty(),
      price: empty(),
      rvBps: empty(),
      tauBps: empty(),
      probability: empty(),
      threshold: empty(),
      sigmaBps: empty(),
      alert: empty(),
      spike: empty(),
    };
  }

  get columns(): BucketColumns {
    const { rvBps, tauBps, probability, threshold, sigmaBps, ...others } = this.whole;
    const short = (values: readonly (number | null)[]) => values.map((x) => (x === null ? null : shortened(x)));
    return {
      ...others,
      rvBps: short(rvBps),
      tauBps: short(tauBps),
      probability: short(probability),
      threshold: short(threshold),
      sigmaBps: short(sigmaBps),
    };
  }

  add(chunk: StepChunk): void {
    const { stepMs, fromMs, toMs, everyMs: every } = this.range;
    for (let at = 0; at < CHUNK_STEPS; at++) {
      if (!chunk.isKnown(at)) continue;
      const tsMs = (chunk.firstStep + at + 1) * stepMs;
      if (tsMs > fromMs && tsMs <= toMs) this.addStep(chunk, at, bucketOf(tsMs, every) - this.first);
    }
  }

  private addStep(chunk: StepChunk, at: number, bucket: number): void {
    const { whole: columns } = this;
    const price = chunk.price[at]!;
    if (price === price) {
      columns.open[bucket] ??= price;
      columns.high[bucket] = Math.max(columns.high[bucket] ?? price, price);
      columns.low[bucket] = Math.min(columns.low[bucket] ?? price, price);
      columns.price[bucket] = price;
    }
    for (const figure of LAST) {
      const value = chunk[figure][at]!;
      if (value === value) columns[figure][bucket] = value;
    }
    const flags = chunk.flags[at]!;
    const probability = chunk.probability[at]!;
    if (probability === probability) {
      columns.probability[bucket] = Math.max(columns.probability[bucket] ?? 0, probability);
      columns.alert[bucket] = columns.alert[bucket] === true || (flags & STEP_FLAG.alert) !== 0;
    }
    if ((flags & (STEP_FLAG.calm | STEP_FLAG.spike)) !== 0) {
      columns.spike[bucket] = columns.spike[bucket] === true || (flags & STEP_FLAG.spike) !== 0;
    }
  }
}

const LAST = ["rvBps", "tauBps", "threshold", "sigmaBps"] as const;

/** A float32 with the digits that it has. */
function shortened(value: number): number {
  return Number(value.toPrecision(7));
}
