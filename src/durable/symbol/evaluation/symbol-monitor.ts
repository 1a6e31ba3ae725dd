// Monitors a symbol's models: keeps every closed step's scores until their labels arrive, and measures the drift of its
// rows from the training data. Wiring only: joins closed steps with their scores, in order.
import { ConceptMonitor } from "../../../drift/concept-monitor.ts";
import type { DriftVerdict } from "../../../drift/drift-verdict.ts";
import { DriftWindows } from "../../../drift/drift-windows.ts";
import { PROBABILITY } from "../../../drift/drift-reference.ts";
import { updateDrift } from "../../../drift/update-drift.ts";
import { AlertEvidence, type EvidenceLimits } from "../../../quality/alert-evidence/alert-evidence.ts";
import { type ClosedSteps, FLAG } from "../../../features/closed-steps.ts";
import type { FeatureEngine } from "../../../features/feature-engine.ts";
import { labelSpecText } from "../../../features/label-spec.ts";
import type { Page } from "../../../features/page-buffer.ts";
import { ROWS, type RowName } from "../../../features/schema.ts";
import type { ServedModels } from "../../../model/model-host.ts";
import { BackfilledGains } from "../../../quality/backfilled-gains.ts";
import { LiveQuality } from "../../../quality/live-quality.ts";
import { answeringVariant, type RunningExperiment } from "../prediction.ts";
import { SCORED } from "../../../model/scored-alias.ts";
import type { AliasScores, StepScores } from "../scoring.ts";
import { AnswerCounts } from "./answer-counts.ts";
import { followedModels, type PlacedModel } from "./followed-models.ts";
import { watchedModel } from "./watched-model.ts";
import { ScoreFailures } from "./score-failures.ts";

/** Most verdicts that wait for `takeVerdicts`: those of a day. */
const MAX_VERDICTS = 25;

/** The prefixes of the parts' pages. */
type Part = "quality" | "drift" | "concept" | "answers" | "evidence" | "backfill";

/** Includes all steps given to `record`. */
export class SymbolMonitor {
  readonly quality: LiveQuality;
  readonly concept: ConceptMonitor;
  readonly answers: AnswerCounts;
  /** The record of the running experiment's challenger before it was compared live. */
  readonly backfill: BackfilledGains;
  readonly failures: ScoreFailures;
  /** Of the alert rules on live quality; `undefined` where no alerts are judged. */
  readonly evidence: AlertEvidence | undefined;
  private driftOf: { readonly row: RowName; readonly labelText: string; readonly windows: DriftWindows };
  private readonly stepMs: number;
  private readonly symbol: string;
  /** Stored drift pages, kept until the first champion determines their row. */
  private storedDrift: ReadonlyMap<string, ArrayBuffer> | undefined;
  private champion: PlacedModel | undefined;
  private models: ServedModels | undefined;
  /** What `quality` resolved in the step that it is given. */
  private readonly resolved = { index: -1, label: 0, champion: NaN, reference: NaN };
  private verdicts: readonly DriftVerdict[] = [];

  /** @param limits of the alert rules; `undefined` where none are judged. */
  constructor(
    symbol: string,
    stepMs: number,
    pages: ReadonlyMap<string, ArrayBuffer>,
    limits: EvidenceLimits | undefined,
  ) {
    this.symbol = symbol;
    this.stepMs = stepMs;
    this.quality = LiveQuality.load(stepMs, pagesOf(pages, "quality"));
    this.concept = ConceptMonitor.load(stepMs, pagesOf(pages, "concept"));
    this.answers = AnswerCounts.load(pagesOf(pages, "answers"));
    this.backfill = BackfilledGains.load(pagesOf(pages, "backfill"));
    this.failures = new ScoreFailures(stepMs);
    this.evidence = limits && AlertEvidence.load(stepMs, limits, pagesOf(pages, "evidence"));
    this.storedDrift = pagesOf(pages, "drift");
    this.driftOf = this.driftFor("default-1", "", undefined);
    this.quality.onResolved = (place, index, { probability, raw, label }) => {
      if (place === this.referencePlace) this.resolved.reference = probability;
      if (place !== this.championPlace) return;
      Object.assign(this.resolved, { index, label, champion: probability });
      // Of the model's own probability: recalibration would hide what its change of errors says.
      const error = raw - label;
      this.concept.update(index, error * error, raw);
    };
  }

  /** Drift of the champion's input row. */
  get drift(): DriftWindows {
    return this.driftOf.windows;
  }

  /** Pages that were unreadable when loaded; their part of the history is lost. */
  get damagedPages(): number {
    const { quality, drift, concept, evidence, backfill } = this;
    const parts = [quality, drift, concept, backfill, ...(evidence === undefined ? [] : [evidence])];
    return parts.reduce((sum, { damagedPages }) => sum + damagedPages, 0);
  }

  /** Follows these models from now on. Call it before the first batch, and whenever other models serve. */
  adopt(engine: FeatureEngine, models: ServedModels): void {
    const { series, pair, guards, champion } = followedModels(engine, models);
    this.quality.setSeries(series, pair, guards);
    this.models = models;
    this.champion = champion;
    if (this.champion === undefined) return;
    const { manifest } = this.champion.scorer;
    const labelText = labelSpecText(manifest.label);
    // Windows never mix rows of another kind or relative to another τ: such a champion begins with empty windows.
    if (manifest.row !== this.driftOf.row || labelText !== this.driftOf.labelText) {
      this.driftOf = this.driftFor(manifest.row, labelText, this.storedDrift);
    }
    this.storedDrift = undefined;
    this.drift.setReference(manifest.drift, manifest.onnxSha256, this.symbol);
    this.concept.setModel(manifest.onnxSha256);
    this.evidence?.setModel(watchedModel(this.champion, series, models));
  }

  /** The row that `record` reads of the steps, to watch for drift; `undefined` without a champion. */
  get rowRead(): RowName | undefined {
    return this.champion === undefined ? undefined : this.driftOf.row;
  }

  /** Position of the adopted champion among the followed models; −1 without one. */
  private get championPlace(): number {
    return this.champion === undefined ? -1 : this.quality.followed.indexOf(this.champion.scorer.manifest.onnxSha256);
  }

  /** The same for the reference that the champion is compared with; −1 without one. */
  private get referencePlace(): number {
    const sha256 = this.evidence?.reference ?? null;
    return sha256 === null ? -1 : this.quality.followed.indexOf(sha256);
  }

  /**
   * Records closed steps and their scores.
   * @param onlyKnown leaves out models that were not followed when the state was stored. After a restart they would
   * otherwise be credited with steps that closed before they served.
   */
  record(
    steps: ClosedSteps,
    scores: StepScores,
    experiment: RunningExperiment | null,
    onlyKnown?: ReadonlySet<string>,
  ): void {
    const { specCount } = steps;
    const width = this.quality.followed.length;
    const probabilities = this.probabilitiesOf("values", steps, scores, onlyKnown);
    const raw = this.probabilitiesOf("raw", steps, scores, onlyKnown);
    this.countFailures(steps, scores.champion);
    const champion = this.championPlace;
    for (let k = 0; k < steps.count; k++) {
      const index = steps.index[k]!;
      const ofStep = probabilities.subarray(k * width, (k + 1) * width);
      const rawOfStep = raw.subarray(k * width, (k + 1) * width);
      this.quality.update({
        index,
        segmentStart: (steps.flags[k]! & FLAG.segmentStart) !== 0,
        counts: steps.isEligible(k),
        labels: steps.label.subarray(k * specCount, (k + 1) * specCount),
        taus: steps.tau.subarray(k * specCount, (k + 1) * specCount),
        probabilities: ofStep,
        raw: rawOfStep,
      });
      this.takeResolved();
      if (champion < 0 || this.champion === undefined) continue;
      const score = ofStep[champion]!;
      this.updateDrift(steps, k, this.champion, rawOfStep[champion]!);
      // Replayed steps were answered before the restart, and the snapshot has the counts of its own steps.
      if (experiment !== null && onlyKnown === undefined && this.models !== undefined && score >= 0) {
        this.answers.count(experiment.id, answeringVariant(this.models, experiment, this.symbol, index));
      }
    }
  }

  /** Probabilities [steps, followed models]; `NaN` where a model gave no score. */
  private probabilitiesOf(
    kind: "values" | "raw",
    { count }: ClosedSteps,
    scores: StepScores,
    onlyKnown: ReadonlySet<string> | undefined,
  ): Float32Array {
    const { followed } = this.quality;
    const width = followed.length;
    const probabilities = new Float32Array(count * width).fill(NaN);
    for (const alias of SCORED) {
      const { scorer, places, [kind]: values } = scores[alias];
      // Match by model, not by alias: a fallback under the same alias is a different model.
      const place = scorer === undefined ? -1 : followed.indexOf(scorer.manifest.onnxSha256);
      if (place < 0 || scorer === undefined) continue;
      if (onlyKnown !== undefined && !onlyKnown.has(scorer.manifest.onnxSha256)) continue;
      places.forEach((k, i) => (probabilities[k * width + place] = values[i]!));
    }
    return probabilities;
  }

  /** Hands on what the step resolved: champion and reference come one by one, in any order. */
  private takeResolved(): void {
    const { index, label, champion, reference } = this.resolved;
    this.resolved.reference = NaN;
    if (index < 0) return;
    this.evidence?.update(index, champion, reference, label);
    this.resolved.index = -1;
  }

  private countFailures(steps: ClosedSteps, { places, values }: AliasScores): void {
    places.forEach((k, i) => this.failures.update(steps.index[k]!, Number.isNaN(values[i])));
  }

  private updateDrift(steps: ClosedSteps, k: number, { spec }: PlacedModel, score: number): void {
    const closed = updateDrift(this.drift, steps, k, { row: this.driftOf.row, spec, score });
    if (closed.length > 0) this.verdicts = [...this.verdicts, ...closed].slice(-MAX_VERDICTS);
  }

  /** The verdicts on drift windows that closed since the last call, in order. */
  takeVerdicts(): readonly DriftVerdict[] {
    const { verdicts } = this;
    this.verdicts = [];
    return verdicts;
  }

  dirtyPages(): Page[] {
    const named = (part: Part, pages: readonly Page[]): Page[] =>
      pages.map(({ id, bytes }) => ({ id: `${part}/${id}`, bytes }));
    return [
      ...named("quality", this.quality.dirtyPages()),
      ...named("drift", this.drift.dirtyPages()),
      ...named("concept", this.concept.dirtyPages()),
      ...named("answers", this.answers.dirtyPages()),
      ...named("evidence", this.evidence?.dirtyPages() ?? []),
      ...named("backfill", this.backfill.dirtyPages()),
    ];
  }

  private driftFor(row: RowName, labelText: string, pages: ReadonlyMap<string, ArrayBuffer> | undefined) {
    const columns = [...ROWS[row].map(({ name }) => name), PROBABILITY];
    const windows = DriftWindows.load(this.stepMs, columns, pages ?? new Map(), labelText);
    return { row, labelText, windows };
  }
}

function pagesOf(pages: ReadonlyMap<string, ArrayBuffer>, part: Part): Map<string, ArrayBuffer> {
  const own = new Map<string, ArrayBuffer>();
  for (const [id, bytes] of pages) if (id.startsWith(`${part}/`)) own.set(id.slice(part.length + 1), bytes);
  return own;
}
