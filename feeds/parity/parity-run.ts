// Checks that offline equals online: replays ticks through a running gateway and through the trainer, and compares
// every value. The process around it is parity.ts.
import { DEFAULT_ENGINE_CONFIG, type EngineConfig } from "../../src/features/feature-engine.ts";
import type { GridCounts } from "../../src/features/batch-counts.ts";
import { gridName } from "../../src/features/grid-name.ts";
import { labelSpecText } from "../../src/features/label-spec.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import { sigmaModel } from "../../src/model/sigma-model.ts";
import { LEVELS } from "../../src/volatility/sigma-levels.ts";
import { VolatilityLearning } from "../../src/volatility/volatility-learning.ts";
import type { PriorsByModel } from "../../src/recalibration/pooled-prior.ts";
import type { Tick } from "../../src/features/tick.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import { aborted } from "../aborted.ts";
import { type Progress, startProgress } from "../../command-line/progress.ts";
import { UserError } from "../../command-line/user-error.ts";
import type { CountTotals } from "../../gateway-client/ingest-counts.ts";
import { readBundledModels } from "./bundled-models.ts";
import { Differences } from "./differences.ts";
import { scoreSteps } from "./onnx-scores.ts";
import { ParityGateway } from "./parity-gateway.ts";
import { modelsOf, type PlacedModels, placeModels } from "./place-models.ts";
import {
  compareQuality,
  fetchQuality,
  priorsOf,
  QUALITY_WINDOWS,
  type QualityRow,
  resolvedSteps,
} from "./quality-comparison.ts";
import { followedThresholds } from "./followed-thresholds.ts";
import { servedScores } from "./served-scores.ts";
import { SCORED, type ScoredAlias, type TracedSteps } from "./step-columns.ts";
import { type TracedSymbol, tracedReplay } from "./traced-replay.ts";
import { furtherSteps, type TrainerSteps, trainerSteps } from "./trainer-steps.ts";

/** What is replayed and compared. */
export interface ParityInput {
  readonly ticks: readonly Tick[];
  /** The grid and the label; the default by default. */
  readonly config?: EngineConfig;
  /** Further grids of the gateway, each with its label: their steps are compared too. */
  readonly grids?: readonly EngineConfig[];
  /** The first becomes champion; the bundled models serve where these do not. */
  readonly models?: readonly Artifact[];
  /** Whether the gateway's live quality is compared too. */
  readonly quality?: boolean;
}

/** How much was compared, and what differed. */
export interface ParityResult {
  ticks: number;
  duplicate: number;
  symbols: number;
  /** Closed steps: a row of each kind, a flag set, a threshold and a label column each. */
  rows: number;
  thresholds: number;
  labels: number;
  /** Probabilities, and expected volatilities of the models that give them. */
  scores: number;
  sigmas: number;
  /** Quantiles of the volatility, three for each step that was answered with them. */
  sigmaQuantiles: number;
  /** Probabilities as they were answered, and those among them that recalibration changed. */
  served: number;
  recalibrated: number;
  /** Steps' thresholds that follow. */
  followed: number;
  /** One per symbol, model and window whose live quality was compared. */
  readonly quality: QualityRow[];
  /** Rows of each further grid, by its name; they are among `rows`. */
  readonly grids: Map<string, number>;
  readonly differences: Differences;
}

/**
 * Replays the ticks through a gateway of its own, in temporary state, and compares. Leaves no process and no folder
 * behind, also when `stop` is aborted: then it throws the signal's reason.
 * @throws UserError for a model that does not fit the grid or the label.
 */
export async function runParity(
  { ticks, config = DEFAULT_ENGINE_CONFIG, grids = [], models = [], quality = false }: ParityInput,
  note: (line: string) => void,
  stop: AbortSignal = new AbortController().signal,
): Promise<ParityResult> {
  const ofHorizons = grids.map((one) => ({ config: one, models: modelsOf([one.grid], models) }));
  const own = models.filter((model) => !ofHorizons.some((one) => one.models.includes(model)));
  const placed = new Map([[undefined, placeModels(own, config)]] as [string | undefined, PlacedModels][]);
  for (const one of ofHorizons) placed.set(gridName(one.config.grid), placeModels(one.models, one.config));
  const bundled = await readBundledModels(config.grid);
  if (own.length === 0) requireChampionsLabel(bundled[0], config);
  const ofGrids = (await Promise.all(grids.map(({ grid }) => readBundledModels(grid)))).flat();
  const artifacts = new Map([...bundled, ...ofGrids, ...models].map((model) => [model.manifest.onnxSha256, model]));
  const interrupted = aborted(stop).then((): never => {
    throw stop.reason;
  });
  // It may be rejected before anything awaits it.
  interrupted.catch(() => undefined);
  const starting = ParityGateway.start({ config, grids }, models, note, stop);
  const progress = startProgress({ label: "replaying", total: ticks.length, unit: "ticks", withoutTerminal: "lines" });
  try {
    const gateway = await Promise.race([starting, interrupted]);
    const replay = replayed(gateway, placed, ticks, progress);
    const traced = await Promise.race([replay, interrupted]);
    const online = { traced, artifacts, baseUrl: gateway.baseUrl, quality };
    return await Promise.race([compare(ticks, [config, ...grids], online, note), interrupted]);
  } finally {
    progress.stop();
    await starting.then(
      (gateway) => gateway.stop(),
      () => undefined,
    );
  }
}

async function replayed(
  gateway: ParityGateway,
  placed: ReadonlyMap<string | undefined, PlacedModels>,
  ticks: readonly Tick[],
  progress: Progress,
): Promise<Map<string, TracedSymbol>> {
  await gateway.ready();
  for (const [grid, models] of placed) await gateway.place(models, grid);
  return await tracedReplay(gateway.baseUrl, ticks, (done) => progress.update(done));
}

/** The gateway's side. */
interface Online {
  readonly traced: ReadonlyMap<string, TracedSymbol>;
  /** All artifacts that it may have scored with, by SHA-256. */
  readonly artifacts: ReadonlyMap<string, Artifact>;
  readonly baseUrl: string;
  /** Whether its live quality is compared. */
  readonly quality: boolean;
}

/** @param configs of the default grid, then of the further ones. */
async function compare(
  ticks: readonly Tick[],
  configs: readonly EngineConfig[],
  online: Online,
  note: (line: string) => void,
): Promise<ParityResult> {
  const symbols = [...new Set(ticks.map(({ symbol }) => symbol))].sort();
  const differences = new Differences();
  const result: ParityResult = {
    ticks: ticks.length,
    duplicate: 0,
    symbols: symbols.length,
    rows: 0,
    thresholds: 0,
    labels: 0,
    scores: 0,
    sigmas: 0,
    sigmaQuantiles: 0,
    served: 0,
    recalibrated: 0,
    followed: 0,
    quality: [],
    grids: new Map(),
    differences,
  };
  const [config, ...grids] = configs;
  for (const symbol of symbols) {
    const gateway = online.traced.get(symbol);
    if (gateway === undefined) {
      differences.add(() => `${symbol}: the gateway has no steps of it`);
      continue;
    }
    const trainer = trainerSteps(
      ticks.filter((tick) => tick.symbol === symbol),
      config!,
    );
    result.duplicate += gateway.counts.duplicate;
    compareCounts(symbol, gateway.counts, trainer.totals, differences);
    const own = { symbol, grid: undefined, config: config!, steps: gateway.steps, trainer };
    await compareGrid(own, online, result, note);
    for (const further of grids) {
      const grid = gridName(further.grid);
      const expected = furtherSteps(trainer.applied, further);
      const steps = gateway.grids.get(grid);
      if (steps !== undefined) {
        await compareGrid({ symbol, grid, config: further, steps, trainer: expected }, online, result, note);
      } else if (expected.count > 0) differences.add(() => `${symbol} ${grid}: the gateway has no steps of it`);
    }
  }
  return result;
}

/** The two sides of one grid of a symbol. */
interface ComparedGrid {
  readonly symbol: string;
  /** Name of a further grid. */
  readonly grid: string | undefined;
  readonly config: EngineConfig;
  readonly steps: TracedSteps;
  readonly trainer: TrainerSteps;
}

async function compareGrid(
  { symbol, grid, config, steps, trainer }: ComparedGrid,
  { artifacts, baseUrl, quality }: Online,
  result: ParityResult,
  note: (line: string) => void,
): Promise<void> {
  const what = grid === undefined ? symbol : `${symbol} ${grid}`;
  result.rows += trainer.count;
  if (grid !== undefined) result.grids.set(grid, (result.grids.get(grid) ?? 0) + trainer.count);
  result.thresholds += trainer.columns.tau.filter((tau) => !Number.isNaN(tau)).length;
  result.labels += trainer.columns.label.filter((label) => label >= 0).length;
  result.differences.compareSteps(what, steps, trainer);
  const scored: Scored[] = [];
  for (const alias of SCORED) {
    const sha256 = steps.artifacts[alias] ?? null;
    if (sha256 === null || scored.some(({ artifact }) => artifact.manifest.onnxSha256 === sha256)) continue;
    const artifact = artifacts.get(sha256);
    if (artifact === undefined) throw new Error(`${alias}: the gateway scored with ${sha256}, which is not known here`);
    if (labelSpecText(artifact.manifest.label) === labelSpecText(config.label)) {
      const probabilities = await compareScores(`${what}: ${alias}`, steps.scores[alias], trainer, artifact, result);
      scored.push({ alias, artifact, probabilities });
    } else {
      note(`${what}: ${alias} is not compared: its label is "${labelSpecText(artifact.manifest.label)}"`);
    }
  }
  const readToken = process.env["VOLGATE_READ_TOKEN"];
  const fetched = (window: string) => fetchQuality(baseUrl, symbol, window, { readToken, grid });
  const priors = priorsOf(await fetched("1h"));
  const served = compareServed(what, steps, trainer, { stepMs: config.grid.stepMs, scored, priors }, result);
  if (!quality) return;
  for (const window of QUALITY_WINDOWS) {
    const live = await fetched(window);
    compareWindow(`${what} ${window}`, live, trainer, served, config, result);
  }
}

/** A model that was scored here, over all closed steps. */
interface Scored {
  readonly alias: ScoredAlias;
  readonly artifact: Artifact;
  readonly probabilities: Float32Array;
}

function compareWindow(
  what: string,
  live: Awaited<ReturnType<typeof fetchQuality>>,
  trainer: TrainerSteps,
  scored: readonly Scored[],
  { label }: EngineConfig,
  result: ParityResult,
): void {
  const fromIndex = live.from === null ? Infinity : Math.round(Date.parse(live.from) / live.step_ms);
  const models = live.labels.flatMap((one) => one.models);
  for (const { alias, artifact, probabilities } of scored) {
    const { onnxSha256 } = artifact.manifest;
    const own = resolvedSteps(trainer.closed, label.horizonSteps, probabilities, fromIndex);
    const found = models.find(({ model }) => model.sha256 === onnxSha256);
    if (found === undefined) {
      if (own.labels.length > 0) result.differences.add(() => `${what} ${alias}: the gateway has no quality of it`);
      continue;
    }
    result.quality.push(compareQuality(`${what} ${alias}`, found, own, artifact.manifest, result.differences));
  }
}

/** Models scored here, and what their recalibrations began with in the gateway. */
interface AnsweringModels {
  readonly stepMs: number;
  readonly scored: readonly Scored[];
  readonly priors: PriorsByModel;
}

/** Compares what was answered; returns the models with that in place of their own probabilities. */
function compareServed(
  what: string,
  steps: TracedSteps,
  trainer: TrainerSteps,
  { stepMs, scored, priors }: AnsweringModels,
  result: ParityResult,
): Scored[] {
  const served = servedScores(trainer.closed, stepMs, scored, priors);
  return scored.map((one) => {
    const probabilities = served.get(one.artifact.manifest.onnxSha256)!;
    const place = (at: number) => `${what}: ${one.alias} as served at step ${trainer.columns.index[at]}`;
    result.differences.compare(steps.served[one.alias], probabilities, place);
    result.served += probabilities.filter((p) => !Number.isNaN(p)).length;
    result.recalibrated += probabilities.filter((p, k) => !Object.is(p, one.probabilities[k])).length;
    compareThresholds(what, steps, trainer, { ...one, probabilities }, result);
    return { ...one, probabilities };
  });
}

/** Of what follows what was answered. Only models that answer have such a threshold. */
function compareThresholds(
  what: string,
  steps: TracedSteps,
  { closed, columns }: TrainerSteps,
  { alias, artifact, probabilities }: Scored,
  result: ParityResult,
): void {
  const { thresholds } = steps.scores[alias];
  if (thresholds === undefined) return;
  const own = followedThresholds(closed, artifact.manifest, probabilities) ?? new Float64Array(0);
  result.differences.compare(thresholds, own, (at) => `${what}: ${alias}'s threshold at step ${columns.index[at]}`);
  result.followed += own.filter((threshold) => !Number.isNaN(threshold)).length;
}

async function compareScores(
  what: string,
  gateway: TracedSteps["scores"][ScoredAlias],
  trainer: TrainerSteps,
  artifact: Artifact,
  result: ParityResult,
): Promise<Float32Array> {
  const { probabilities, sigmaRatios } = await scoreSteps(trainer.closed, artifact);
  const step = (at: number) => `at step ${trainer.columns.index[at]}`;
  result.differences.compare(gateway.probabilities, probabilities, (at) => `${what} ${step(at)}`);
  result.scores += probabilities.filter((p) => !Number.isNaN(p)).length;
  if (sigmaRatios === undefined && gateway.sigmaRatios === undefined) return probabilities;
  const none = new Float32Array(0);
  const own = sigmaRatios ?? none;
  result.differences.compare(gateway.sigmaRatios ?? none, own, (at) => `${what}'s sigma ratio ${step(at)}`);
  result.sigmas += own.filter((ratio) => !Number.isNaN(ratio)).length;
  if (gateway.sigmaQuantiles === undefined) return probabilities;
  const quantiles = sigmaQuantiles(trainer, artifact.manifest, own);
  result.differences.compare(gateway.sigmaQuantiles, quantiles, (at) => {
    return `${what}'s sigma quantile ${step(Math.floor(at / LEVELS))}`;
  });
  result.sigmaQuantiles += quantiles.filter((ratio) => !Number.isNaN(ratio)).length;
  return probabilities;
}

/** What the gateway learns of the model, learnt here in one pass over all steps. */
function sigmaQuantiles({ closed, stepMs }: TrainerSteps, manifest: Manifest, ratios: Float32Array): Float32Array {
  const model = sigmaModel(manifest);
  const learning = new VolatilityLearning(stepMs);
  learning.adopt([model], [model]);
  return learning.learn(closed, new Map([[model.sha256, ratios]])).get(model.sha256)!;
}

/** The gateway rejects outliers; with ticks that parse, it has no other reason here. */
function compareCounts(symbol: string, gateway: CountTotals, trainer: GridCounts, differences: Differences): void {
  const pairs = [
    ["accepted", gateway.accepted + gateway.released, trainer.accepted],
    ["duplicate", gateway.duplicate, trainer.duplicate],
    ["late", gateway.late, trainer.late],
    ["outlier", gateway.rejected, trainer.outlier + trainer.priceOutlier],
  ] as const;
  for (const [what, online, offline] of pairs) {
    if (online === offline) continue;
    differences.add(() => `${symbol}: ${what} ticks: gateway ${online}, here ${offline}`, Math.abs(online - offline));
  }
}

/** Thresholds and labels are traced under the champion's spec. */
function requireChampionsLabel(champion: Artifact | undefined, { label }: EngineConfig): void {
  if (champion === undefined) return;
  const own = labelSpecText(champion.manifest.label);
  if (own === labelSpecText(label)) return;
  throw new UserError(`--label: the bundled champion was made for "${own}"; give --model one made for this label`);
}
