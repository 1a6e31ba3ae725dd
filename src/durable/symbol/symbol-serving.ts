// What a symbol does with a batch, in this order: write and apply it, score what it closed, learn from the scores. One
// batch at a time: its owner calls nothing of this while another call is under way.
import type { ClosedSteps } from "../../features/closed-steps.ts";
import { VERDICT } from "../../features/event-grid.ts";
import { TICK_FIELDS } from "../../features/packed-ticks.ts";
import type { RowName } from "../../features/schema.ts";
import type { ServedModels } from "../../model/model-host.ts";
import type { Settings } from "../../settings.ts";
import type { PageStore } from "./storage/page-store.ts";
import {
  answeringVariant,
  describePrediction,
  type Prediction,
  type RunningExperiment,
  stepFacts,
} from "./prediction.ts";
import { adoptLabelSpecs, type BatchScores, BatchScoring, SCORED } from "./scoring.ts";
import type { SlotStore } from "./storage/slot-store.ts";
import { SymbolMonitor } from "./evaluation/symbol-monitor.ts";
import { type Batch, COMPANION_PAGES, SymbolState } from "./symbol-state.ts";
import { BatchTrace, type StepTrace } from "./trace.ts";
import { logError } from "../../log.ts";

/** A batch of one symbol as the Worker hands it over. */
export interface IngestBatch extends Batch {
  readonly symbol: string;
  /** Whether the answer shall carry what the batch computed. */
  readonly trace: boolean;
}

/** What became of a batch. */
export interface IngestResult {
  readonly accepted: number;
  readonly duplicate: number;
  readonly late: number;
  /** 1: the last tick waits for the next one to confirm a jump in time; −1: one that waited before was decided now. */
  readonly held: number;
  /** Ticks given up as outliers in time, one held before included. */
  readonly outlier: number;
  /** Rows of this batch among the outliers. */
  readonly outlierRows: readonly number[];
  readonly stepsClosed: number;
  readonly trace: readonly StepTrace[] | undefined;
  /** Set when nothing of the batch was taken: too much waits for the archive. Send it again later. */
  readonly refused?: "archive_backlog";
}

/** With whom steps are scored: read together, so that one batch sees one set. */
export interface Serving {
  readonly models: ServedModels;
  readonly hashes: Readonly<Record<RowName, string>>;
  readonly experiment: RunningExperiment | null;
}

/** Takes the closed steps of a batch in parts, and works through what was taken when it is much. */
interface Rounds {
  readonly onClosed: (closed: ClosedSteps) => void;
  readonly flush: () => Promise<void>;
}

/** A symbol's state with all that follows it. */
interface Live {
  readonly symbol: string;
  readonly state: SymbolState;
  monitor: SymbolMonitor;
  /** The models whose label specs and series are in use. */
  adopted: ServedModels | undefined;
  /** Whether the steps of replayed batches have been scored. */
  recovered: boolean;
}

export class SymbolServing {
  /** Runs of models that failed, batches that could not be learned from, and ticks delivered again, since the object was loaded. */
  scoringErrors = 0;
  monitorErrors = 0;
  redeliveredTicks = 0;
  /** What the last step's answer is; `undefined` when it must be computed anew. */
  prediction: Prediction | undefined;
  private predictedBy: ServedModels | undefined;
  private readonly store: SlotStore;
  private readonly pages: PageStore;
  private readonly archived: boolean;
  private live: Live | undefined;

  /** Reads back what was kept. @param archived whether batches are to be archived. */
  constructor(store: SlotStore, pages: PageStore, archived: boolean) {
    this.store = store;
    this.pages = pages;
    this.archived = archived;
    this.load();
  }

  /** `undefined` before a symbol's first batch. */
  get state(): SymbolState | undefined {
    return this.live?.state;
  }

  /** Complete once `recover` has run. */
  get monitor(): SymbolMonitor | undefined {
    return this.live?.monitor;
  }

  get symbol(): string | undefined {
    return this.live?.symbol;
  }

  /** Whether `prediction` is of the last step and of these models. */
  isFresh(models: ServedModels): boolean {
    return this.prediction !== undefined && this.predictedBy === models;
  }

  /** Applies a batch durably, scores what it closed, and answers when both are done. A scoring error loses no tick. */
  async ingest(batch: IngestBatch, serving: Serving, settings: Settings): Promise<IngestResult> {
    const { models } = serving;
    this.live ??= this.create(batch.symbol, models, settings);
    await this.recover(serving);
    const { live } = this;
    if (live.state.isDuplicate(batch)) return this.redelivered(batch);
    if (live.state.archive?.backlogged === true) return { ...NOTHING, refused: "archive_backlog" };
    this.adopt(live, models);
    const { result, traces, scores, facts } = await this.applyAndScore(live, batch, serving);
    if (scores === undefined || facts === undefined) return result;
    this.publish(describePrediction(live.symbol, facts, scores), models);
    return batch.trace ? { ...result, trace: traces } : result;
  }

  /** Applies the batch, round by round where it closes very many steps; scores and learns from each round. */
  private async applyAndScore(live: Live, batch: IngestBatch, { models, hashes, experiment }: Serving) {
    const { monitor, state } = live;
    const { engine } = state;
    const traces: StepTrace[] = [];
    const newTrace = () => (batch.trace ? new BatchTrace(championSpec(state, models)) : undefined);
    let scoring = new BatchScoring(engine, models, hashes);
    let trace = newTrace();
    const score = async (): Promise<BatchScores> => {
      const scores = await scoring.run();
      this.learn(live, monitor, () => monitor.record(scores, scoring.steps, experiment));
      this.countErrors(live.symbol, scores);
      if (trace !== undefined) traces.push(...trace.join(scores));
      return scores;
    };
    const nextRound = async (): Promise<void> => {
      const next = new BatchScoring(engine, models, hashes);
      // Before this round lets the models go: a swap meanwhile releases what nobody holds.
      next.hold();
      try {
        await score();
      } finally {
        scoring = next;
        trace = newTrace();
      }
    };
    try {
      const result = await this.apply(live, batch, {
        onClosed: (closed) => {
          scoring.collect(closed);
          trace?.collect(closed);
          this.learn(live, monitor, () => monitor.collect(closed));
        },
        flush: nextRound,
      });
      if (result.stepsClosed === 0) return { result, traces, scores: undefined, facts: undefined };
      const variant = answeringVariant(models, experiment, live.symbol, engine.lastStep.index[0]!);
      const facts = stepFacts(engine, models, variant);
      const scores = await score();
      if (state.manySteps) this.saveWhatCan(live);
      return { result, traces, scores, facts };
    } finally {
      await scoring.letGo();
    }
  }

  /** Scores the last step again, where it has none by these models: after a restart, or when other models serve. */
  async refresh(serving: Serving): Promise<void> {
    const { models, hashes, experiment } = serving;
    await this.recover(serving);
    const { live } = this;
    if (live === undefined || live.state.engine.lastStep.count === 0 || this.isFresh(models)) return;
    this.adopt(live, models);
    const { engine } = live.state;
    const variant = answeringVariant(models, experiment, live.symbol, engine.lastStep.index[0]!);
    const facts = stepFacts(engine, models, variant);
    const scoring = new BatchScoring(engine, models, hashes);
    scoring.collect(engine.lastStep);
    const scores = await scoring.run();
    this.countErrors(live.symbol, scores);
    this.publish(describePrediction(live.symbol, facts, scores), models);
  }

  /**
   * Scores the steps of batches that were replayed, once for each state that was loaded: slots hold ticks, not scores. A
   * model that was not followed before gets no credit for them.
   */
  async recover({ models, hashes, experiment }: Serving): Promise<void> {
    const { live } = this;
    if (live === undefined || live.recovered) return;
    const { state, monitor } = live;
    // Under the label specs of those batches; what the models need now is taken into use after this.
    const scoring = new BatchScoring(state.engine, models, hashes);
    const known = new Set(monitor.quality.followed);
    if (!models.provisional || known.size === 0) {
      this.learn(live, monitor, () => monitor.adopt(state.engine, models));
    }
    for (const closed of state.replayed) {
      scoring.collect(closed);
      this.learn(live, monitor, () => monitor.collect(closed));
    }
    const scores = state.replayed.length > 0 ? await scoring.run() : undefined;
    state.replayed.length = 0;
    if (scores !== undefined) {
      this.learn(live, monitor, () => monitor.record(scores, scoring.steps, experiment, known));
    }
    live.recovered = true;
    if (state.recovery.how !== "rebuilt" && !state.manySteps) return;
    try {
      state.saveSnapshot();
    } catch (error) {
      this.reload();
      throw error;
    }
  }

  /** The batch is durable without the snapshot: should that fail, the state is read back and the batch still answered for. */
  private saveWhatCan({ symbol, state }: Live): void {
    try {
      state.saveSnapshot();
    } catch (error) {
      logError("snapshot_failed", { symbol, error: String(error) });
      this.reload();
    }
  }

  /** A new symbol's ring is made for the label that the deployment names, else for its first champion's. */
  private create(symbol: string, models: ServedModels, { engine, labelGiven }: Settings): Live {
    const label = labelGiven ? undefined : models.byAlias.champion?.manifest.label;
    const fits = label !== undefined && label.source === engine.grid.source;
    const config = fits ? { ...engine, label } : engine;
    const state = SymbolState.create(this.store, this.pages, symbol, config, this.archived);
    return this.liveOf(symbol, state);
  }

  /** Takes what the models need into use. What changed is written at once: slots do not say which models they were for. */
  private adopt(live: Live, models: ServedModels): void {
    if (live.adopted === models) return;
    const { state } = live;
    // What was learned of the right models must not give way to those that stand in for them.
    if (models.provisional && live.monitor.quality.followed.length > 0) return;
    try {
      const specsChanged = adoptLabelSpecs(state.engine, models);
      const { monitor } = live;
      const followed = monitor.quality.followed.join();
      this.learn(live, monitor, () => monitor.adopt(state.engine, models));
      // A fault left a monitor that follows nobody yet: it adopts with the next batch.
      if (live.monitor !== monitor) return;
      if (specsChanged || monitor.quality.followed.join() !== followed) state.saveSnapshot();
    } catch (error) {
      this.reload();
      throw error;
    }
    live.adopted = models;
  }

  private async apply(live: Live, batch: Batch, { onClosed, flush }: Rounds): Promise<IngestResult> {
    const { state } = live;
    const { totals: counted, holding: held, stepsClosed } = state.engine;
    const before = { ...counted, holding: held, stepsClosed };
    try {
      await state.applyInRounds(batch, onClosed, flush, Date.now());
    } catch (error) {
      this.reload();
      throw error;
    }
    const { totals, holding } = state.engine;
    const ticks = batch.rows.length / TICK_FIELDS;
    const outlierRows: number[] = [];
    for (let i = 0; i < ticks; i++) if (state.verdicts[i] === VERDICT.outlier) outlierRows.push(i);
    return {
      accepted: totals.accepted - before.accepted,
      duplicate: totals.duplicate - before.duplicate,
      late: totals.late - before.late,
      held: Number(holding) - Number(before.holding),
      outlier: totals.outlier - before.outlier,
      outlierRows,
      stepsClosed: state.engine.stepsClosed - before.stepsClosed,
      trace: undefined,
    };
  }

  private publish(prediction: Prediction, models: ServedModels): void {
    this.prediction = prediction;
    this.predictedBy = models;
  }

  private countErrors(symbol: string, scores: BatchScores): void {
    for (const alias of SCORED) {
      const { error } = scores[alias];
      if (error === undefined) continue;
      this.scoringErrors += 1;
      logError("scoring_error", { symbol, alias, error });
    }
  }

  /**
   * What is learned beside the ticks must never cost one: after a bug there what was kept at the last snapshot is taken up
   * again, and the batches since then are not counted.
   * @param monitor whom the work is about: one that was given up meanwhile is left alone.
   */
  private learn(live: Live, monitor: SymbolMonitor, work: () => void): void {
    if (live.monitor !== monitor) return;
    try {
      work();
    } catch (error) {
      this.monitorErrors += 1;
      logError("monitor_error", { symbol: live.symbol, error: String(error) });
      live.monitor = this.monitorOf(live.symbol, live.state);
      live.adopted = undefined;
    }
  }

  private redelivered(batch: Batch): IngestResult {
    const duplicate = batch.rows.length / TICK_FIELDS;
    this.redeliveredTicks += duplicate;
    return { ...NOTHING, duplicate };
  }

  /**
   * Undoes what a failure may have left in memory by reading back what was kept. Should even that fail, no state is
   * better than a wrong one: the next request reads it.
   */
  private reload(): void {
    this.live = undefined;
    this.prediction = undefined;
    this.load();
  }

  private load(): void {
    const state = SymbolState.load(this.store, this.pages, this.archived);
    if (state !== undefined) this.live = this.liveOf(this.store.loadIdentity()!.symbol, state);
  }

  private liveOf(symbol: string, state: SymbolState): Live {
    const recovered = state.recovery.how === "new" && state.replayed.length === 0;
    return { symbol, state, monitor: this.monitorOf(symbol, state), adopted: undefined, recovered };
  }

  private monitorOf(symbol: string, state: SymbolState): SymbolMonitor {
    const monitor = new SymbolMonitor(symbol, state.engine.config.grid.stepMs, this.pages.load(COMPANION_PAGES));
    state.companion = monitor;
    return monitor;
  }
}

function championSpec(state: SymbolState, models: ServedModels): number {
  const label = models.byAlias.champion?.manifest.label;
  return Math.max(label === undefined ? 0 : state.engine.indexOfLabelSpec(label), 0);
}

const NOTHING: IngestResult = {
  accepted: 0,
  duplicate: 0,
  late: 0,
  held: 0,
  outlier: 0,
  outlierRows: [],
  stepsClosed: 0,
  trace: undefined,
};
