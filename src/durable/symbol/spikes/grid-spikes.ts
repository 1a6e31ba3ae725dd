// Which spikes of one grid of a symbol its subscriptions are told of. What changes is stored with the batch that
// changed it, and sent until the alerts object has it: a restart neither repeats a message nor loses one.
import { knownSubscriptions } from "../../../clients/subscriptions.ts";
import { spikeEvents } from "../../../counting/isolate-counters.ts";
import { type ClosedSteps, FLAG } from "../../../features/closed-steps.ts";
import type { FeatureEngine } from "../../../features/feature-engine.ts";
import { gridName } from "../../../features/grid-name.ts";
import { decodePage, encodePage } from "../../../features/page-buffer.ts";
import { logError } from "../../../log.ts";
import { SpikeDetector } from "../../../spikes/spike-detector.ts";
import type { Spike } from "../../../spikes/spike-message.ts";
import type { WatchedSubscription } from "../../../spikes/spike-watch.ts";
import { includesSymbol } from "../../../spikes/symbol-list.ts";
import type { ServedAnswers } from "../archive/served-answers.ts";
import type { PageStore } from "../storage/page-store.ts";
import { parseStoredSpikes } from "./stored-spikes.ts";

const KIND = "spikes 1";
const PREFIX = "spikes";
/** Messages that wait for the alerts object at most: the oldest of more are given up. */
const MAX_PENDING = 1000;

interface SpikeFacts {
  readonly features: FeatureEngine;
  /** Wall clock: a step that is stale by it is none that anybody is to be told of. */
  readonly nowMs: number;
}

export class GridSpikes {
  private readonly symbol: string;
  private readonly pages: PageStore;
  private readonly page: string;
  /** Whether nothing is told of the symbol at present; set by the symbol's alert settings. */
  isMuted = false;
  /** By the id of the subscription. */
  private detectors = new Map<string, SpikeDetector>();
  private waiting: readonly Spike[] = [];
  private isDirty = false;

  /** @param grid the name of a further grid; the symbol's own without one. */
  constructor(symbol: string, pages: PageStore, grid?: string) {
    this.symbol = symbol;
    this.pages = pages;
    this.page = grid === undefined ? "own" : `grid-${grid}`;
    const stored = this.stored();
    this.detectors = new Map(stored?.detectors.map(([id, state]) => [id, new SpikeDetector(state)]));
    this.waiting = stored?.waiting ?? [];
  }

  /** What the alerts object does not have yet, in the order of its steps. */
  get pending(): readonly Spike[] {
    return this.waiting;
  }

  /**
   * Judges closed steps by what was answered for them. Steps that are stale when they come, as those of a replay of
   * recordings, are left out, and so are all while the symbol is muted. A fault here does not fail a batch.
   */
  add(steps: ClosedSteps, answers: () => ServedAnswers, facts: SpikeFacts): void {
    if (this.isMuted) return;
    try {
      const subscriptions = knownSubscriptions();
      if (subscriptions === undefined) return;
      const wanted = subscriptions.filter((one) => this.isFor(one, facts.features));
      this.keepOnly(wanted);
      if (wanted.length === 0) return;
      const known = answers();
      for (let k = 0; k < steps.count; k++) if (isLive(steps, k, facts)) this.addStep(steps, k, known, facts, wanted);
    } catch (error) {
      logError("spikes_not_judged", { symbol: this.symbol, grid: this.page, error: String(error) });
    }
  }

  /** Stores what has changed. Call it right after the batch was stored. */
  save(): void {
    if (!this.isDirty) return;
    const detectors = [...this.detectors].map(([id, { state }]) => [id, state]);
    const json = JSON.stringify({ detectors, waiting: this.waiting });
    this.pages.save(PREFIX, [{ id: this.page, bytes: encodePage(KIND, { numbers: { json }, arrays: [] }) }]);
    this.isDirty = false;
  }

  /** The alerts object has these. */
  markSent(spikes: readonly Spike[]): void {
    this.waiting = this.waiting.filter((one) => !spikes.includes(one));
    this.isDirty = true;
    this.save();
  }

  private addStep(
    steps: ClosedSteps,
    k: number,
    { scores, sigmaRatios, modelOf }: ServedAnswers,
    { features }: SpikeFacts,
    wanted: readonly WatchedSubscription[],
  ): void {
    const answered = modelOf(k);
    const { stepMs } = features.config.grid;
    const step = steps.index[k]!;
    const [tsMs, probability, threshold] = [(step + 1) * stepMs, scores[k]!, answered?.model.threshold ?? NaN];
    for (const watch of wanted) {
      const detector = this.detectorOf(watch.id);
      const before = detector.state;
      const event = detector.update(watch, { step, tsMs, probability, threshold });
      const { phase, streak, riseStep } = detector.state;
      // A step that changes nothing else changes nothing when it is seen again.
      if (phase !== before.phase || streak !== before.streak || riseStep !== before.riseStep) this.isDirty = true;
      if (event !== undefined) spikeEvents.inc({ event });
      if (answered === undefined || event === undefined || event === "suppressed") continue;
      if (event === "fall" && watch.on === "rise") continue;
      const tau = answered.column < 0 ? NaN : steps.tau[k * steps.specCount + answered.column]!;
      const label = features.labelSpecs[answered.column];
      this.enqueue({
        subscription: watch.id,
        state: event,
        symbol: this.symbol,
        step,
        riseStep,
        tsMs,
        probability,
        threshold: watch.threshold ?? threshold,
        sigmaBps: finiteOrNull(sigmaRatios[k]! * tau * 10_000),
        tauBps: finiteOrNull(tau * 10_000),
        horizonMs: (label?.horizonSteps ?? features.config.label.horizonSteps) * stepMs,
        model: answered.model.sha256,
      });
    }
  }

  private enqueue(spike: Spike): void {
    if (this.waiting.length >= MAX_PENDING) {
      logError("spike_given_up", { symbol: this.symbol, subscription: this.waiting[0]!.subscription });
      spikeEvents.inc({ event: "given_up" });
    }
    this.waiting = [...this.waiting, spike].slice(-MAX_PENDING);
    this.isDirty = true;
  }

  private isFor({ symbols, grid }: WatchedSubscription, { config }: FeatureEngine): boolean {
    if (!includesSymbol(symbols, this.symbol)) return false;
    const isOwn = this.page === "own";
    if (grid === null) return isOwn;
    const { grid: own, label } = config;
    const names = [gridName(own), gridName({ ...own, horizonMs: label.horizonSteps * own.stepMs })];
    return isOwn ? names.includes(grid) : this.page === `grid-${grid}`;
  }

  private detectorOf(id: string): SpikeDetector {
    let detector = this.detectors.get(id);
    if (detector === undefined) this.detectors.set(id, (detector = new SpikeDetector()));
    return detector;
  }

  /** Forgets what belongs to no subscription of this symbol any more. */
  private keepOnly(wanted: readonly WatchedSubscription[]): void {
    for (const id of this.detectors.keys()) {
      if (wanted.some((one) => one.id === id)) continue;
      this.detectors.delete(id);
      this.waiting = this.waiting.filter(({ subscription }) => subscription !== id);
      this.isDirty = true;
    }
  }

  /** A page that cannot be read is as none: at worst a rise is told again, under another id. */
  private stored(): ReturnType<typeof parseStoredSpikes> | undefined {
    const bytes = this.pages.load(PREFIX).get(this.page);
    if (bytes === undefined) return undefined;
    try {
      return parseStoredSpikes(JSON.parse(String(decodePage(KIND, bytes).numbers["json"])));
    } catch (error) {
      logError("spikes_unreadable", { symbol: this.symbol, grid: this.page, error: String(error) });
      return undefined;
    }
  }
}

/** Whether the step ended just now by the wall clock, and was closed in time by that of the ticks. */
function isLive(steps: ClosedSteps, k: number, { features, nowMs }: SpikeFacts): boolean {
  const { stepMs, maxAgeMs } = features.config.grid;
  const ageMs = nowMs - (steps.index[k]! + 1) * stepMs;
  return (steps.flags[k]! & FLAG.stale) === 0 && ageMs < maxAgeMs + stepMs;
}

function finiteOrNull(x: number): number | null {
  return Number.isFinite(x) ? x : null;
}
