// One symbol's archived ticks through the gateway's own feature engine, both models and the gateway's own live quality:
// the gains of each block, as the symbol's object would have counted them, of what it would have answered.
import { type EngineConfig, FeatureEngine } from "../../src/features/feature-engine.ts";
import { ClosedSteps, FLAG } from "../../src/features/closed-steps.ts";
import { labelSpecText } from "../../src/features/label-spec.ts";
import { PackedTicks } from "../../src/features/packed-ticks.ts";
import type { Tick } from "../../src/features/tick.ts";
import { featureColumns } from "../../src/model/manifest.ts";
import { SEAM_BLOCKS } from "../../src/quality/backfilled-gains.ts";
import { LiveQuality } from "../../src/quality/live-quality.ts";
import { recalibrateSteps } from "../../src/recalibration/recalibrate-steps.ts";
import { Recalibrations } from "../../src/recalibration/recalibrations.ts";
import { trainedThrough } from "../../src/quality/promotion/trained-through.ts";
import type { BlockGain } from "../../src/quality/quality-series.ts";
import { BLOCK_STEPS } from "../../src/quality/step-ring.ts";
import type { LoadedModel, LoadedPair } from "./pair-models.ts";

/** Closed steps of a round: as many rows are scored at once. A score does not depend on the others of its run. */
const ROUND_STEPS = 4096;
/** Blocks after which those that have ended are taken: live quality keeps a month. */
const TAKE_AFTER = 96;

/** Feed it one symbol's ticks in order of time, then take its blocks. */
export class ArchiveReplay {
  private readonly engine: FeatureEngine;
  private readonly quality: LiveQuality;
  private readonly models: readonly LoadedModel[];
  /** `undefined` where the gateway answers by the models' own probabilities. */
  private readonly recalibrations: Recalibrations | undefined;
  /** By model: its first step with a label that its training cannot know. No gateway can have served it before. */
  private readonly learnsFrom: readonly number[];
  private readonly steps: ClosedSteps;
  private readonly fromBlock: number;
  private readonly taken: BlockGain[] = [];
  private lookedAt = -Infinity;

  /**
   * @param fromBlock the first block that is wanted; a few before it are scored too, for its budget and episodes.
   * @param recalibrates whether the gateway serves what is recalibrated and proven: it learns from all steps after each
   * model's training, on which its scores are better than they ever are live.
   */
  constructor({ champion, challenger }: LoadedPair, config: EngineConfig, fromBlock: number, recalibrates: boolean) {
    this.engine = new FeatureEngine(config);
    this.quality = new LiveQuality(config.grid.stepMs);
    this.models = [champion, challenger];
    this.fromBlock = fromBlock;
    this.learnsFrom = this.models.map(
      ({ manifest }) => (trainedThrough(manifest, config.grid.stepMs) + 1) * BLOCK_STEPS,
    );
    this.steps = new ClosedSteps(1, 64, [...new Set(this.models.map(({ manifest }) => manifest.row))]);
    const series = this.models.map(({ manifest }) => {
      const { onnxSha256: sha256, threshold, scoreEdges, label } = manifest;
      return {
        ...{ sha256, threshold, edges: scoreEdges ?? [], spec: 0 },
        labelText: labelSpecText(label),
        horizonSteps: label.horizonSteps,
      };
    });
    const [first, second] = series;
    if (recalibrates) {
      this.recalibrations = Recalibrations.load(config.grid.stepMs, new Map());
      this.recalibrations.use(series);
    }
    this.quality.setSeries(series, { champion: first!.sha256, challenger: second!.sha256 });
  }

  /** Throws what the runtime throws. */
  async add(ticks: readonly Tick[]): Promise<void> {
    for (let from = 0; from < ticks.length;) {
      const areJudged = ticks[from]!.isJudged === true;
      const packed = new PackedTicks(ticks.length - from);
      for (; from < ticks.length && (ticks[from]!.isJudged === true) === areJudged; from++) packed.add(ticks[from]!);
      this.engine.areJudged = areJudged;
      await this.process(packed);
    }
  }

  /** The blocks that have ended, ascending. */
  blocks(): readonly BlockGain[] {
    this.take(this.quality.lastIndex);
    return this.taken;
  }

  private async process(packed: PackedTicks): Promise<void> {
    const rows = packed.rows();
    const verdicts = new Uint8Array(packed.count);
    const { steps } = this;
    for (let next = 0; next < packed.count;) {
      steps.clear();
      next = this.engine.process(rows, steps, verdicts, next, ROUND_STEPS).next;
      await this.record();
    }
  }

  private async record(): Promise<void> {
    const { steps, models, recalibrations } = this;
    const fromIndex = (this.fromBlock - SEAM_BLOCKS) * BLOCK_STEPS;
    const places: number[] = [];
    for (let k = 0; k < steps.count; k++) {
      if ((recalibrations !== undefined || steps.index[k]! >= fromIndex) && steps.ready(k, 0)) places.push(k);
    }
    const scores: Float32Array[] = [];
    for (const model of models) scores.push(await scored(model, steps, places));
    const answers = this.answered(scores);
    for (let k = 0; k < steps.count; k++) {
      const index = steps.index[k]!;
      if (index < fromIndex) continue;
      const raw = scores.map((values) => values[k]!);
      const probabilities = answers.map((values) => values[k]!);
      if (Math.floor(index / BLOCK_STEPS) - this.lookedAt >= TAKE_AFTER) this.take(index);
      this.quality.update({
        index,
        segmentStart: (steps.flags[k]! & FLAG.segmentStart) !== 0,
        counts: steps.isEligible(k),
        labels: steps.label.subarray(k, k + 1),
        taus: steps.tau.subarray(k, k + 1),
        ...{ probabilities, raw },
      });
    }
  }

  /** What is answered of the steps: by each model, of its own probabilities. */
  private answered(scores: readonly Float32Array[]): readonly Float32Array[] {
    const { recalibrations, steps, models, learnsFrom } = this;
    if (recalibrations === undefined) return scores;
    const scored = models.map(({ manifest }, i) => {
      return { sha256: manifest.onnxSha256, raw: scores[i]!, learnsFrom: learnsFrom[i]! };
    });
    return recalibrateSteps(recalibrations, steps, scored);
  }

  private take(index: number): void {
    this.lookedAt = Math.floor(index / BLOCK_STEPS);
    const after = this.taken.at(-1)?.block ?? this.fromBlock - 1;
    for (const gain of this.quality.blockGains()) if (gain.complete && gain.block > after) this.taken.push(gain);
  }
}

/** One probability per step, `NaN` where it is not ready or the model gave none. */
async function scored({ manifest, session }: LoadedModel, steps: ClosedSteps, places: readonly number[]) {
  const { row, input, output } = manifest;
  const columns = featureColumns(manifest);
  const rows = new Float32Array(places.length * columns.length);
  places.forEach((k, i) => steps.row(row, k, 0, columns, rows, i * columns.length));
  const probabilities = new Float32Array(steps.count).fill(NaN);
  if (places.length === 0) return probabilities;
  const [values] = await session.runOutputs(rows, columns.length, { input, outputs: [output] });
  places.forEach((k, i) => (probabilities[k] = values![i]! >= 0 && values![i]! <= 1 ? values![i]! : NaN));
  return probabilities;
}
