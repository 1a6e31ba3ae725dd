// Keeps the history that a symbol's charts show: loads what comes into sight, and adds the newest steps while the
// reader looks at now.
import type { ViewContext } from "../../app/view.ts";
import { Poll } from "../../gateway/poll.ts";
import type { HistoryAnswer } from "../../gateway/answers.ts";
import { appendHistory } from "./append-history.ts";
import {
  boundedRange,
  type HistoryBounds,
  MOST_POINTS,
  needsLoad,
  rangeToLoad,
  type TimeRange,
} from "./history-window.ts";

export interface SymbolHistoryOptions {
  readonly symbol: string;
  /** Width of the sight, ms; null for the view's default, which the step decides. */
  readonly widthMs: (stepMs: number) => number;
  /** End of the sight; null for now. */
  readonly endMs: number | null;
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

  constructor(context: ViewContext, options: SymbolHistoryOptions) {
    this.#context = context;
    this.#options = options;
    this.#isNow = options.endMs === null;
    this.#poll = new Poll<void>({
      read: (signal) => this.#read(signal),
      onAnswer: () => undefined,
      onFailure: options.onFailure,
      everyMs: () => context.pollMs ?? Math.min(5_000, Math.max(1_000, this.#loaded?.step_ms ?? 1_000)),
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
    this.#show(answer, this.#moved(answer));
  }

  async #follow(loaded: HistoryAnswer, signal: AbortSignal): Promise<void> {
    const last = loaded.columns.ts.at(-1);
    if (loaded.every_ms > loaded.step_ms || last === undefined) {
      if (performance.now() - this.#loadedMs < Math.max(COARSE_MS, loaded.every_ms)) return;
      return await this.#load(signal);
    }
    const tail = await this.#ask({ from: last - loaded.step_ms, points: MOST_POINTS }, signal);
    const joined = appendHistory(loaded, tail, MOST_POINTS);
    if (joined === null) return await this.#load(signal);
    if (joined.latest_ms !== loaded.latest_ms) this.#show(joined, this.#moved(joined));
  }

  /** The sight goes along with the newest step. */
  #moved({ columns }: HistoryAnswer): TimeRange {
    const seen = this.#seen ?? { fromMs: 0, toMs: 0 };
    const last = columns.ts.at(-1);
    if (!this.#isNow || last === undefined) return seen;
    return { fromMs: last - (seen.toMs - seen.fromMs), toMs: last };
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
