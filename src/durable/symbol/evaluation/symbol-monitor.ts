// What a symbol learns of the models that serve it: every closed step's scores until their labels are known, and how far
// its rows have moved from the training data. Wiring only: the steps of a batch, joined with their scores, in order.
import { ConceptMonitor } from "../../../drift/concept-monitor.ts";
import type { DriftVerdict } from "../../../drift/drift-verdict.ts";
import { DriftWindows } from "../../../drift/drift-windows.ts";
import { PROBABILITY } from "../../../drift/drift-reference.ts";
import { type ClosedSteps, FLAG } from "../../../features/closed-steps.ts";
import type { FeatureEngine } from "../../../features/feature-engine.ts";
import { labelSpecText } from "../../../features/label-spec.ts";
import type { Page } from "../../../features/page-buffer.ts";
import { ROWS, type RowName } from "../../../features/schema.ts";
import type { Scorer } from "../../../model/artifact.ts";
import type { ServedModels } from "../../../model/model-host.ts";
import { LiveQuality } from "../../../quality/live-quality.ts";
import type { QualitySeries } from "../../../quality/quality-series.ts";
import { answeringVariant, type RunningExperiment } from "../prediction.ts";
import { type BatchScores, SCORED, type ScoredAlias } from "../scoring.ts";
import { AnswerCounts } from "./answer-counts.ts";
import { ScoreFailures } from "./score-failures.ts";

/** Verdicts that nobody took, at most: those of a day. */
const MAX_VERDICTS = 25;

/** Under these names the parts keep their pages. */
type Part = "quality" | "drift" | "concept" | "answers";

/** Kept beside the engine; complete through the last batch whose scores it was given. */
export class SymbolMonitor {
  readonly quality: LiveQuality;
  readonly concept: ConceptMonitor;
  readonly answers: AnswerCounts;
  readonly failures: ScoreFailures;
  private driftOf: { readonly row: RowName; readonly labelText: string; readonly windows: DriftWindows };
  private readonly stepMs: number;
  private readonly symbol: string;
  /** Pages of drift, until the first champion says what they must be of. */
  private storedDrift: ReadonlyMap<string, ArrayBuffer> | undefined;
  private champion: { readonly scorer: Scorer; readonly spec: number } | undefined;
  private models: ServedModels | undefined;
  private batch: StepFacts[] = [];
  private verdicts: readonly DriftVerdict[] = [];

  constructor(symbol: string, stepMs: number, pages: ReadonlyMap<string, ArrayBuffer>) {
    this.symbol = symbol;
    this.stepMs = stepMs;
    this.quality = LiveQuality.load(stepMs, pagesOf(pages, "quality"));
    this.concept = ConceptMonitor.load(stepMs, pagesOf(pages, "concept"));
    this.answers = AnswerCounts.load(pagesOf(pages, "answers"));
    this.failures = new ScoreFailures(stepMs);
    this.storedDrift = pagesOf(pages, "drift");
    this.driftOf = this.driftFor("default-1", "", undefined);
    this.quality.onResolved = (place, index, probability, label) => {
      if (place !== this.championPlace) return;
      const error = probability - label;
      this.concept.update(index, error * error, probability);
    };
  }

  /** Drift of the row that the champion takes. */
  get drift(): DriftWindows {
    return this.driftOf.windows;
  }

  /** Pages that could not be read when it was loaded: their part of the past is gone. */
  get damagedPages(): number {
    return this.quality.damagedPages + this.drift.damagedPages + this.concept.damagedPages;
  }

  /** Whom to follow from now on. Call it before the first batch, and whenever other models serve. */
  adopt(engine: FeatureEngine, models: ServedModels): void {
    const series: QualitySeries[] = [];
    const places: Record<ScoredAlias, number> = { ...NO_PLACES };
    for (const alias of SCORED) {
      const manifest = models.byAlias[alias]?.manifest;
      const spec = manifest === undefined ? -1 : engine.indexOfLabelSpec(manifest.label);
      if (manifest === undefined || spec < 0) continue;
      const { onnxSha256: sha256, threshold, label, scoreEdges } = manifest;
      const known = series.findIndex((one) => one.sha256 === sha256);
      places[alias] = known >= 0 ? known : series.length;
      if (known >= 0) continue;
      const edges = scoreEdges ?? [];
      const { horizonSteps } = label;
      series.push({ sha256, threshold, edges, labelText: labelSpecText(label), spec, horizonSteps });
    }
    const { champion, challenger } = models.byAlias;
    const isPair = places.champion >= 0 && places.challenger >= 0 && places.champion !== places.challenger;
    const pair = isPair
      ? { champion: champion!.manifest.onnxSha256, challenger: challenger!.manifest.onnxSha256 }
      : undefined;
    this.quality.setSeries(series, pair);
    this.models = models;
    this.champion =
      champion === undefined || places.champion < 0
        ? undefined
        : { scorer: champion, spec: engine.indexOfLabelSpec(champion.manifest.label) };
    if (this.champion === undefined) return;
    const { manifest } = this.champion.scorer;
    const labelText = labelSpecText(manifest.label);
    // Rows of another kind, or over another τ, are never mixed: a champion of those begins with empty windows.
    if (manifest.row !== this.driftOf.row || labelText !== this.driftOf.labelText) {
      this.driftOf = this.driftFor(manifest.row, labelText, this.storedDrift);
    }
    this.storedDrift = undefined;
    this.drift.setReference(manifest.drift, manifest.onnxSha256);
    this.concept.setModel(manifest.onnxSha256);
  }

  /** Place of the adopted champion among the followed models; −1 without one. */
  private get championPlace(): number {
    return this.champion === undefined ? -1 : this.quality.followed.indexOf(this.champion.scorer.manifest.onnxSha256);
  }

  /** Copies what it needs of a part of a batch, before the next part reuses it. */
  collect(closed: ClosedSteps): void {
    const { specCount } = closed;
    for (let k = 0; k < closed.count; k++) {
      this.batch.push({
        index: closed.index[k]!,
        segmentStart: (closed.flags[k]! & FLAG.segmentStart) !== 0,
        counts: closed.counts(k),
        labels: closed.label.slice(k * specCount, (k + 1) * specCount),
        taus: closed.tau.slice(k * specCount, (k + 1) * specCount),
        row: closed.counts(k) && this.drift.samples(closed.index[k]!) ? this.driftRow(closed, k) : NO_ROW,
      });
    }
  }

  /**
   * Joins the collected steps with their scores. Throws when they are not as many as were scored: scores of other steps
   * must never be taken for theirs.
   * @param steps how many were scored.
   * @param onlyKnown leaves out models that were not followed before the state was stored: after a restart they would be
   * credited with steps that had closed before they served.
   */
  record(
    scores: BatchScores,
    steps: number,
    experiment: RunningExperiment | null,
    onlyKnown?: ReadonlySet<string>,
  ): void {
    const { batch } = this;
    this.batch = [];
    if (batch.length !== steps) throw new Error(`record: ${steps} scored steps for ${batch.length} collected ones`);
    const { followed } = this.quality;
    const width = followed.length;
    const probabilities = new Float32Array(batch.length * width).fill(NaN);
    for (const alias of SCORED) {
      const { scorer, places: scored, values } = scores[alias];
      // By the model and not by its alias: what stands in for a followed model is not that model.
      const place = scorer === undefined ? -1 : followed.indexOf(scorer.manifest.onnxSha256);
      if (place < 0 || scorer === undefined) continue;
      if (onlyKnown !== undefined && !onlyKnown.has(scorer.manifest.onnxSha256)) continue;
      scored.forEach((step, i) => (probabilities[step * width + place] = values[i]!));
    }
    const champion = this.championPlace;
    const { places: ready, values: given } = scores.champion;
    ready.forEach((step, i) => this.failures.update(batch[step]!.index, Number.isNaN(given[i])));
    batch.forEach((step, k) => {
      const ofStep = probabilities.subarray(k * width, (k + 1) * width);
      this.quality.update({ ...step, probabilities: ofStep });
      if (champion >= 0) {
        if (step.row.length > 0) step.row[step.row.length - 1] = ofStep[champion]!;
        // Without a row the step only moves the time on.
        const closed = this.drift.update(step.index, step.row, step.row.length > 0);
        if (closed.length > 0) this.verdicts = [...this.verdicts, ...closed].slice(-MAX_VERDICTS);
      }
      // Steps that are replayed had been answered before, and were counted then if the snapshot has them.
      if (experiment !== null && onlyKnown === undefined && this.models !== undefined && ofStep[champion]! >= 0) {
        this.answers.count(experiment.id, answeringVariant(this.models, experiment, this.symbol, step.index));
      }
    });
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
    ];
  }

  /** Every column of the champion's row and room for its score. */
  private driftRow(closed: ClosedSteps, k: number): Float32Array {
    if (this.champion === undefined) return NO_ROW;
    const { row } = this.driftOf;
    const values = new Float32Array(ROWS[row].length + 1).fill(NaN);
    closed.row(row, k, this.champion.spec, ALL_COLUMNS[row], values, 0);
    return values;
  }

  private driftFor(row: RowName, labelText: string, pages: ReadonlyMap<string, ArrayBuffer> | undefined) {
    const columns = [...ROWS[row].map(({ name }) => name), PROBABILITY];
    const windows = DriftWindows.load(this.stepMs, columns, pages ?? new Map(), labelText);
    return { row, labelText, windows };
  }
}

interface StepFacts {
  readonly index: number;
  readonly segmentStart: boolean;
  readonly counts: boolean;
  readonly labels: Int8Array;
  readonly taus: Float64Array;
  /** Empty for a step that no drift window keeps. */
  readonly row: Float32Array;
}

const NO_ROW = new Float32Array(0);

const NO_PLACES: Readonly<Record<ScoredAlias, number>> = {
  champion: -1,
  challenger: -1,
  zscore: -1,
  persistence: -1,
  "threshold-only": -1,
};

const allColumns = (row: RowName): Int32Array => Int32Array.from(ROWS[row], (_, j) => j);
const ALL_COLUMNS: Readonly<Record<RowName, Int32Array>> = {
  "default-1": allColumns("default-1"),
  "peer-10": allColumns("peer-10"),
};

function pagesOf(pages: ReadonlyMap<string, ArrayBuffer>, part: Part): Map<string, ArrayBuffer> {
  const own = new Map<string, ArrayBuffer>();
  for (const [id, bytes] of pages) if (id.startsWith(`${part}/`)) own.set(id.slice(part.length + 1), bytes);
  return own;
}
