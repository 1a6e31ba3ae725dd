// One symbol: wiring only. What ticks mean is in features/, what rows score in model/, how all of it survives in
// symbol-state.ts; this class puts them in order.
import { DurableObject } from "cloudflare:workers";
import type { ClosedSteps } from "../features/closed-steps.ts";
import { VERDICT } from "../features/event-grid.ts";
import { TICK_FIELDS } from "../features/packed-ticks.ts";
import type { RowName } from "../features/schema.ts";
import { type ServedModels, modelHost } from "../model/model-host.ts";
import { type Env, schemaHashes, settingsOf } from "./environment.ts";
import { modelsReady } from "./model-refresh.ts";
import { type Prediction, describePrediction, stepFacts } from "./prediction.ts";
import { type Notice, registryOf } from "./registry-object.ts";
import { type BatchScores, BatchScoring, SCORED, adoptLabelSpecs } from "./scoring.ts";
import { PageStore } from "./page-store.ts";
import { SlotStore } from "./slot-store.ts";
import { type Batch, type Recovery, SymbolState } from "./symbol-state.ts";
import { type SymbolSummary, summarize } from "./symbol-summary.ts";
import { BatchTrace, type StepTrace } from "./trace.ts";
import { Turns } from "./turns.ts";

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
}

export class SymbolObject extends DurableObject<Env> {
  private readonly store: SlotStore;
  private readonly pages: PageStore;
  private readonly turns = new Turns();
  private state: SymbolState | undefined;
  private recovered: SymbolState | undefined;
  private hashes: Readonly<Record<RowName, string>> | undefined;
  private adopted: ServedModels | undefined;
  private prediction: Prediction | undefined;
  private predictedBy: ServedModels | undefined;
  private scoringErrors = 0;
  private redeliveredTicks = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.store = new SlotStore(ctx.storage);
    this.pages = new PageStore(ctx.storage);
    this.state = SymbolState.load(this.store, this.pages);
    if (this.state !== undefined) ctx.waitUntil(this.reportDamage(this.state.recovery));
  }

  /** Applies a batch durably, scores what it closed, and answers when both are done. A scoring error loses no tick. */
  async ingest(batch: IngestBatch): Promise<IngestResult> {
    await this.prepare();
    return await this.turns.take(() => this.ingestInTurn(batch));
  }

  private async ingestInTurn(batch: IngestBatch): Promise<IngestResult> {
    const models = modelHost.serving;
    if (this.state === undefined) this.recovered = this.state = this.create(batch.symbol, models);
    const { state } = this;
    if (state.isDuplicate(batch)) return this.redelivered(batch);
    this.adopt(state, models);
    const scoring = new BatchScoring(state.engine, models, this.hashes!);
    const trace = batch.trace ? new BatchTrace(this.championSpec(state, models)) : undefined;
    const result = this.apply(state, batch, (closed) => {
      scoring.collect(closed);
      trace?.collect(closed);
    });
    if (result.stepsClosed === 0) return result;
    const facts = stepFacts(state.engine, models);
    const scores = await scoring.run();
    this.publish(describePrediction(batch.symbol, facts, scores), models, scores);
    return trace === undefined ? result : { ...result, trace: trace.join(scores) };
  }

  /** The live prediction; `undefined` before the first closed step. */
  async predict(): Promise<Prediction | undefined> {
    await this.prepare();
    const { state } = this;
    if (state === undefined || state.engine.lastStep.count === 0) return undefined;
    if (this.prediction === undefined || this.predictedBy !== modelHost.serving) {
      await this.turns.take(() => this.predictInTurn());
    }
    return this.prediction;
  }

  /** Scores the last step again: after a restart, or when other models serve. */
  private async predictInTurn(): Promise<void> {
    const models = modelHost.serving;
    const { state } = this;
    if (state === undefined || (this.prediction !== undefined && this.predictedBy === models)) return;
    this.adopt(state, models);
    const symbol = this.store.loadIdentity()!.symbol;
    const facts = stepFacts(state.engine, models);
    const scoring = new BatchScoring(state.engine, models, this.hashes!);
    scoring.collect(state.engine.lastStep);
    const scores = await scoring.run();
    this.publish(describePrediction(symbol, facts, scores), models, scores);
  }

  /** State for `/symbols/:symbol` and `/metrics`; `undefined` for a symbol that has no tick yet. */
  async summary(): Promise<SymbolSummary | undefined> {
    const prediction = await this.predict();
    if (this.state === undefined) return undefined;
    const { scoringErrors, redeliveredTicks } = this;
    return summarize(this.state, prediction, { storageBytes: this.store.sizeBytes, scoringErrors, redeliveredTicks });
  }

  /** After this `hashes` and `modelHost.serving` are there. */
  private async prepare(): Promise<void> {
    this.hashes ??= await schemaHashes((this.state?.engine.config ?? settingsOf(this.env).engine).grid);
    await modelsReady(this.env, (work) => this.ctx.waitUntil(work));
    if (this.state !== undefined && this.recovered !== this.state) await this.turns.take(() => this.recoverInTurn());
  }

  /** What only the models can complete after a restart, once for each state that was loaded. */
  private async recoverInTurn(): Promise<void> {
    const { state } = this;
    if (state === undefined || this.recovered === state) return;
    state.replayed.length = 0;
    if (state.recovery.how === "rebuilt") state.saveSnapshot();
    this.recovered = state;
    return await Promise.resolve();
  }

  /** A new symbol's ring is made for the label that the deployment names, else for its first champion's. */
  private create(symbol: string, models: ServedModels): SymbolState {
    const { engine, labelGiven } = settingsOf(this.env);
    const label = labelGiven ? undefined : models.byAlias.champion?.manifest.label;
    const fits = label !== undefined && label.source === engine.grid.source;
    return SymbolState.create(this.store, this.pages, symbol, fits ? { ...engine, label } : engine);
  }

  /** Takes what the models need into use. What changed is written at once: slots do not say which specs were in use. */
  private adopt(state: SymbolState, models: ServedModels): void {
    if (this.adopted === models) return;
    try {
      if (adoptLabelSpecs(state.engine, models)) state.saveSnapshot();
    } catch (error) {
      this.reload();
      throw error;
    }
    this.adopted = models;
  }

  /**
   * Undoes what a failure may have left in memory by reading back what was kept. Should even that fail, no state is
   * better than a wrong one: the next request reads it.
   */
  private reload(): void {
    this.state = undefined;
    this.adopted = undefined;
    this.prediction = undefined;
    this.state = SymbolState.load(this.store, this.pages);
  }

  private apply(state: SymbolState, batch: Batch, onClosed: (closed: ClosedSteps) => void): IngestResult {
    const { totals: counted, holding: held, stepsClosed } = state.engine;
    const before = { ...counted, holding: held, stepsClosed };
    try {
      state.apply(batch, onClosed);
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

  private publish(prediction: Prediction, models: ServedModels, scores: BatchScores): void {
    for (const alias of SCORED) {
      const { error } = scores[alias];
      if (error === undefined) continue;
      this.scoringErrors += 1;
      console.error(JSON.stringify({ event: "scoring_error", symbol: prediction.symbol, alias, error }));
    }
    if (this.prediction !== undefined && prediction.tsMs < this.prediction.tsMs) return;
    this.prediction = prediction;
    this.predictedBy = models;
  }

  private redelivered(batch: Batch): IngestResult {
    const duplicate = batch.rows.length / TICK_FIELDS;
    this.redeliveredTicks += duplicate;
    return { ...NOTHING, duplicate };
  }

  private championSpec(state: SymbolState, models: ServedModels): number {
    const label = models.byAlias.champion?.manifest.label;
    return Math.max(label === undefined ? 0 : state.engine.indexOfLabelSpec(label), 0);
  }

  /** Tells the registry what an operator must see. */
  private async reportDamage({ how, reason, replayedBatches, damagedBatches }: Recovery): Promise<void> {
    const symbol = this.store.loadIdentity()?.symbol ?? "unknown";
    const tell = (code: Notice["code"], message: string): Promise<unknown> =>
      registryOf(this.env).addNotice({ atMs: Date.now(), symbol, code, message });
    if (how === "rebuilt") {
      await tell("snapshot_rebuilt", `snapshot unreadable (${reason}); ${replayedBatches} batches replayed`);
    }
    if (damagedBatches > 0) await tell("slots_unreadable", `${damagedBatches} batches could not be read and are lost`);
  }
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
