// Detects concept drift, a change in the relation between inputs and outcome: change detectors on a model's resolved
// errors and scores. Their input is means of 60 steps, because errors of overlapping horizons are autocorrelated and
// would fire without a change.
import { decodePage, encodePage, type Page } from "../features/page-buffer.ts";
import { StateFormatError } from "../features/binary-container.ts";
import { Adwin } from "./adwin.ts";
import { PageHinkley } from "./page-hinkley.ts";

const STATE_KIND = "drift-concept 1";
const EVENTS_KIND = "drift-events 1";
const STATE_PAGE = "concept";
const EVENTS_PAGE = "concept-events";
/** Steps in a block, and the fewest values for its mean. */
const BLOCK_STEPS = 60;
const BLOCK_MIN = 30;
const EVENTS = 20;

/**
 * For squared errors of a calibrated score. False alarms on the stationary simulated market (1 s steps, `persistence`,
 * 240 days of block means whose correlation is 0.52 from one to the next and 0.13 five further on): 8 in 344,024
 * blocks, 0.023 per 1,000, one a month. A rise of the error by 0.05 (of 0.086) is noticed after 390 blocks in the
 * median, six and a half hours. River's defaults are for independent values of another scale.
 */
const ERROR_PAGE_HINKLEY = { minInstances: 240, delta: 0.02, threshold: 25, alpha: 0.9999, mode: "up" } as const;

/**
 * `delta` is not a false-alarm rate here, since block means are correlated. On the same blocks it never fired, on the
 * error or on the score (with 0.001: once on the score). Changes of 0.05 take 530 blocks (error) and 430 (score).
 */
const BLOCK_ADWIN = { delta: 1e-4, clock: 8, maxBuckets: 5, minWindowLength: 60, gracePeriod: 120 } as const;

/** A detector fired: the mean of its input has changed. */
export interface ConceptEvent {
  /** End of the block that made it fire, event time. */
  readonly atMs: number;
  readonly detector: "page-hinkley" | "adwin";
  readonly what: "error" | "score";
  /** Means of the blocks before and after the change, as the detector locates it. */
  readonly meanBefore: number;
  readonly meanAfter: number;
}

const NONE: readonly ConceptEvent[] = [];

/**
 * Page–Hinkley on rising error, ADWIN on error and on score, over the blocks floor(index / 60) of a model's resolved
 * steps; a block with fewer than 30 values is left out. A block is evaluated when the first step of a later block
 * arrives.
 */
export class ConceptMonitor {
  /** Saved pages that could not be read: the detectors or the events restarted empty. */
  damagedPages = 0;
  private readonly stepMs: number;
  private modelSha: string | null = null;
  private block = NaN;
  private readonly error = new BlockMean();
  private readonly score = new BlockMean();
  private readonly rising = new PageHinkley(ERROR_PAGE_HINKLEY);
  private readonly errorWindow = new Adwin(BLOCK_ADWIN);
  private readonly scoreWindow = new Adwin(BLOCK_ADWIN);
  private recent: ConceptEvent[] = [];
  private stateChanged = true;
  private eventsChanged = true;

  /** @throws RangeError unless `stepMs` is a positive whole number. */
  constructor(stepMs: number) {
    if (!Number.isInteger(stepMs) || stepMs <= 0) {
      throw new RangeError(`stepMs: got ${stepMs}, expected a positive whole number of milliseconds`);
    }
    this.stepMs = stepMs;
  }

  /** Sets the model whose errors follow. A change of model restarts the detectors; events are kept. */
  setModel(modelSha: string): void {
    if (modelSha === this.modelSha) return;
    this.modelSha = modelSha;
    this.restart();
  }

  /**
   * Adds a resolved step, in step order; a step of a finished block is ignored.
   * @param error e.g. the squared difference of probability and outcome. @param score the probability. Values that are
   * not finite are skipped.
   * @returns the events, usually none.
   */
  update(index: number, error: number, score: number): readonly ConceptEvent[] {
    const block = Math.floor(index / BLOCK_STEPS);
    if (block < this.block) return NONE;
    const fired = block > this.block ? this.closeBlock() : NONE;
    this.block = block;
    this.error.add(error);
    this.score.add(score);
    this.stateChanged = true;
    return fired;
  }

  /** The last 20 events, oldest first. */
  get events(): readonly ConceptEvent[] {
    return this.recent;
  }

  private closeBlock(): readonly ConceptEvent[] {
    const atMs = (this.block + 1) * BLOCK_STEPS * this.stepMs;
    const error = this.error.take();
    const score = this.score.take();
    this.rising.update(error);
    const fired: ConceptEvent[] = [];
    if (this.rising.drifted) {
      const { before, after } = this.rising.means;
      fired.push({ atMs, detector: "page-hinkley", what: "error", meanBefore: before, meanAfter: after });
    }
    for (const [what, window, value] of [
      ["error", this.errorWindow, error],
      ["score", this.scoreWindow, score],
    ] as const) {
      window.update(value);
      if (!window.drifted) continue;
      const { before, after } = window.means;
      fired.push({ atMs, detector: "adwin", what, meanBefore: before, meanAfter: after });
    }
    if (fired.length === 0) return NONE;
    this.recent = [...this.recent, ...fired].slice(-EVENTS);
    this.eventsChanged = true;
    return fired;
  }

  private restart(): void {
    this.block = NaN;
    this.error.take();
    this.score.take();
    this.rising.reset();
    this.errorWindow.reset();
    this.scoreWindow.reset();
    this.stateChanged = true;
  }

  /** The pages that changed since the last call: `concept` with the detectors, `concept-events`. A few kB. */
  dirtyPages(): Page[] {
    const pages: Page[] = [];
    if (this.stateChanged) pages.push({ id: STATE_PAGE, bytes: this.encodeState() });
    if (this.eventsChanged) {
      const numbers = { events: JSON.stringify(this.recent) };
      pages.push({ id: EVENTS_PAGE, bytes: encodePage(EVENTS_KIND, { numbers, arrays: [] }) });
    }
    this.stateChanged = false;
    this.eventsChanged = false;
    return pages;
  }

  /**
   * Restores the pages from all calls of `dirtyPages`; call `setModel` afterwards. The content of a damaged or missing
   * page is lost.
   */
  static load(stepMs: number, pages: ReadonlyMap<string, ArrayBuffer>): ConceptMonitor {
    const loaded = new ConceptMonitor(stepMs);
    loaded.read(pages.get(STATE_PAGE), (bytes) => loaded.decodeState(bytes));
    loaded.read(pages.get(EVENTS_PAGE), (bytes) => {
      const { numbers } = decodePage(EVENTS_KIND, bytes);
      loaded.recent = JSON.parse(String(numbers["events"])) as ConceptEvent[];
      loaded.eventsChanged = false;
    });
    return loaded;
  }

  private encodeState(): ArrayBuffer {
    const { stepMs, modelSha, rising, errorWindow, scoreWindow } = this;
    const sums = [this.block, ...this.error.save(), ...this.score.save()];
    const arrays = [sums, rising.save(), errorWindow.save(), scoreWindow.save()].map((x) => Float64Array.from(x));
    return encodePage(STATE_KIND, { numbers: { stepMs, modelSha }, arrays });
  }

  private decodeState(bytes: ArrayBuffer): void {
    const { numbers, arrays } = decodePage(STATE_KIND, bytes);
    const [sums, rising, errorWindow, scoreWindow] = arrays;
    const { stepMs, modelSha } = numbers;
    // Blocks of another step length cannot be used.
    if (stepMs !== this.stepMs) return;
    this.rising.load(rising ?? []);
    this.errorWindow.load(errorWindow ?? []);
    this.scoreWindow.load(scoreWindow ?? []);
    this.block = sums?.[0] ?? NaN;
    this.error.load(sums?.[1] ?? 0, sums?.[2] ?? 0);
    this.score.load(sums?.[3] ?? 0, sums?.[4] ?? 0);
    this.modelSha = typeof modelSha === "string" ? modelSha : null;
    this.stateChanged = false;
  }

  private read(bytes: ArrayBuffer | undefined, decode: (bytes: ArrayBuffer) => void): void {
    if (bytes === undefined) return;
    try {
      decode(bytes);
    } catch (error) {
      if (!(error instanceof StateFormatError || error instanceof SyntaxError || error instanceof RangeError))
        throw error;
      this.damagedPages += 1;
      this.restart();
    }
  }
}

/** Running mean of one block. */
class BlockMean {
  private sum = 0;
  private count = 0;

  add(x: number): void {
    if (!Number.isFinite(x)) return;
    this.sum += x;
    this.count += 1;
  }

  /** Returns the mean, `NaN` with too few values, and begins the next block. */
  take(): number {
    const mean = this.count >= BLOCK_MIN ? this.sum / this.count : NaN;
    this.sum = 0;
    this.count = 0;
    return mean;
  }

  save(): [sum: number, count: number] {
    return [this.sum, this.count];
  }

  load(sum: number, count: number): void {
    this.sum = sum;
    this.count = count;
  }
}
