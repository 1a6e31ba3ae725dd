// Keeps the history that a symbol's charts show: loads what comes into sight, and adds the newest steps while the
// reader looks at now: as they are told, and by asking. What was told is asked for once more, ever so often: the answer
// has all of a step.
import type { ViewContext } from "../../app/view.ts";
import { Poll } from "../../gateway/poll.ts";
import type { HistoryAnswer, OverviewRow } from "../../gateway/answers.ts";
import type { LabelEvent, PredictionEvent } from "../../gateway/stream-events.ts";
import { appendHistory } from "./append-history.ts";
import {
  boundedRange,
  type HistoryBounds,
  MOST_POINTS,
  needsLoad,
  rangeToLoad,
  type TimeRange,
} from "./history-window.ts";
import { withLabel, withPrediction, withRow } from "./told-steps.ts";

export interface SymbolHistoryOptions {
  readonly symbol: string;
  /** Width of the sight, ms; null for the view's default, which the step decides. */
  readonly widthMs: (stepMs: number) => number;
  /** End of the sight; null for now. */
  readonly endMs: number | null;
  /** Whether newer steps are told. */
  readonly isTold: () => boolean;
  /** Something new is to be shown. */
  readonly onChange: (history: HistoryAnswer, seen: TimeRange) => void;
  /** Only the sight moved. */
  readonly onSeen: (seen: TimeRange) => void;
  readonly onFailure: (error: unknown) => void;
}

/** A scroll asks when it rests. */
const REST_MS = 150;
/** Buckets of many steps are asked for anew at this pace at least. */
const COARSE_MS = 5_000;
/** What is told is asked for at this pace. */
const TOLD_MS = 15_000;

export class SymbolHistory {
  readonly #context: ViewContext;
  readonly #options: SymbolHistoryOptions;
  readonly #poll: Poll<void>;
  #loaded: HistoryAnswer | null = null;
  #seen: TimeRange | null = null;
  #isNow: boolean;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #loadedMs = 0;
  #mustLoad = true;
  /** End of the newest step that an answer had: later ones were told. */
  #answeredMs = 0;

  constructor(context: ViewContext, options: SymbolHistoryOptions) {
    this.#context = context;
    this.#options = options;
    this.#isNow = options.endMs === null;
    this.#poll = new Poll<void>({
      read: (signal) => this.#read(signal),
      onAnswer: () => undefined,
      onFailure: options.onFailure,
      everyMs: () => {
        const stepMs = Math.min(5_000, Math.max(1_000, this.#loaded?.step_ms ?? 1_000));
        return context.pollMs ?? (options.isTold() ? TOLD_MS : stepMs);
      },
    });
  }

  /** Whether the newest steps are shown as they come. */
  get isNow(): boolean {
    return this.#isNow;
  }

  get seen(): TimeRange | null {
    return this.#seen;
  }

  /** Shows another part; one that reaches the newest step follows it from then on. */
  see(range: TimeRange): void {
    const bounds = this.#bounds();
    if (this.#loaded === null || bounds === null) return;
    this.#seen = boundedRange(range, bounds);
    this.#isNow = this.#seen.toMs >= bounds.latestMs - this.#loaded.every_ms;
    this.#options.onSeen(this.#seen);
    if (!needsLoad(this.#seen, this.#loaded, bounds)) return;
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#mustLoad = true;
      this.#poll.now();
    }, REST_MS);
  }

  /** Shows the newest `widthMs`. */
  seeNow(widthMs: number): void {
    const latestMs = this.#loaded?.latest_ms ?? null;
    if (latestMs === null) return;
    this.#isNow = true;
    // The latest step as it is known may be old: the answer brings the newest.
    this.#seen = { fromMs: latestMs - widthMs, toMs: latestMs };
    this.#mustLoad = true;
    this.#poll.now();
  }

  /** Asks for the newest steps at once. */
  askNow(): void {
    this.#poll.now();
  }

  /** Adds the step of a prediction; asks where steps before it are missing. */
  tell(event: PredictionEvent, row: OverviewRow | undefined): void {
    const loaded = this.#loaded;
    if (loaded === null || this.#mustLoad || !this.#isNow || loaded.every_ms !== loaded.step_ms) return;
    const added = withPrediction(loaded, event, MOST_POINTS);
    if (added === null) this.askNow();
    else this.#showTold(row === undefined ? added : withRow(added, row));
  }

  tellLabel(event: LabelEvent): void {
    if (this.#loaded !== null) this.#showTold(withLabel(this.#loaded, event));
  }

  /** The symbol's row has the price of a step that was told without. */
  tellRow(row: OverviewRow): void {
    const { columns } = this.#loaded ?? {};
    if ((columns?.ts.at(-1) ?? 0) > this.#answeredMs) this.#showTold(withRow(this.#loaded!, row));
  }

  close(): void {
    clearTimeout(this.#rest);
    this.#poll.close();
  }

  #bounds(): HistoryBounds | null {
    if (this.#loaded === null) return null;
    const { step_ms: stepMs, earliest_ms: earliestMs, latest_ms: latestMs } = this.#loaded;
    if (earliestMs === null || latestMs === null) return null;
    return { stepMs, earliestMs, latestMs };
  }

  async #read(signal: AbortSignal): Promise<void> {
    if (this.#mustLoad || this.#loaded === null) await this.#load(signal);
    else if (this.#isNow) await this.#follow(this.#loaded, signal);
  }

  async #load(signal: AbortSignal): Promise<void> {
    const bounds = this.#bounds();
    let seen = this.#seen;
    if (bounds === null || seen === null) {
      // The first question: nothing but the ends of what is kept.
      const first = await this.#ask({ points: 1 }, signal);
      if (first.latest_ms === null || first.earliest_ms === null) return this.#show(first, { fromMs: 0, toMs: 0 });
      this.#loaded = first;
      const toMs = this.#options.endMs ?? first.latest_ms;
      const known = { stepMs: first.step_ms, earliestMs: first.earliest_ms, latestMs: first.latest_ms };
      seen = boundedRange({ fromMs: toMs - this.#options.widthMs(first.step_ms), toMs }, known);
      this.#seen = seen;
      return await this.#loadSeen(seen, known, signal);
    }
    await this.#loadSeen(seen, bounds, signal);
  }

  async #loadSeen(seen: TimeRange, bounds: HistoryBounds, signal: AbortSignal): Promise<void> {
    const { fromMs, toMs, points } = rangeToLoad(seen, bounds);
    const answer = await this.#ask({ from: fromMs, to: this.#isNow ? null : toMs, points }, signal);
    this.#mustLoad = false;
    this.#loadedMs = performance.now();
    this.#answeredMs = answer.columns.ts.at(-1) ?? 0;
    this.#show(answer, this.#moved(answer));
  }

  async #follow(loaded: HistoryAnswer, signal: AbortSignal): Promise<void> {
    const last = loaded.columns.ts.at(-1);
    if (loaded.every_ms > loaded.step_ms || last === undefined) {
      if (performance.now() - this.#loadedMs < Math.max(COARSE_MS, loaded.every_ms)) return;
      return await this.#load(signal);
    }
    const from = Math.min(last, this.#answeredMs === 0 ? last : this.#answeredMs) - loaded.step_ms;
    const tail = await this.#ask({ from, points: MOST_POINTS }, signal);
    const current = this.#loaded ?? loaded;
    // More was told meanwhile: the next answer has it.
    if ((tail.latest_ms ?? 0) < (current.latest_ms ?? 0)) return;
    const joined = appendHistory(current, tail, MOST_POINTS);
    if (joined === null) return await this.#load(signal);
    const isNews = joined.latest_ms !== current.latest_ms || (joined.latest_ms ?? 0) > this.#answeredMs;
    this.#answeredMs = tail.columns.ts.at(-1) ?? this.#answeredMs;
    if (isNews) this.#show(joined, this.#moved(joined));
  }

  /** The sight goes along with the newest step. */
  #moved({ columns }: HistoryAnswer): TimeRange {
    const seen = this.#seen ?? { fromMs: 0, toMs: 0 };
    const last = columns.ts.at(-1);
    if (!this.#isNow || last === undefined) return seen;
    return { fromMs: last - (seen.toMs - seen.fromMs), toMs: last };
  }

  #showTold(history: HistoryAnswer): void {
    if (history !== this.#loaded) this.#show(history, this.#moved(history));
  }

  #show(history: HistoryAnswer, seen: TimeRange): void {
    this.#loaded = history;
    this.#seen = seen;
    this.#options.onChange(history, seen);
  }

  async #ask(query: Readonly<Record<string, number | null>>, signal: AbortSignal): Promise<HistoryAnswer> {
    const { gateway, route } = this.#context;
    const path = `/symbols/${encodeURIComponent(this.#options.symbol)}/history`;
    return await gateway.get<HistoryAnswer>(path, { ...query, grid: route.value.state["grid"] }, signal);
  }
}
