// `npm run bench -- monitor`: what quality and drift cost.
import { EXIT } from "../command-line/exit-code.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { ConceptMonitor } from "../src/drift/concept-monitor.ts";
import { DriftWindows } from "../src/drift/drift-windows.ts";
import { type DriftReference, driftFeature, PROBABILITY } from "../src/drift/drift-reference.ts";
import { driftWindowPlan } from "../src/drift/drift-window-plan.ts";
import { ClosedSteps, FLAG } from "../src/features/closed-steps.ts";
import { FeatureEngine } from "../src/features/feature-engine.ts";
import { PackedTicks } from "../src/features/packed-ticks.ts";
import { DEFAULT_1 } from "../src/features/schema.ts";
import { labelSpecText } from "../src/features/label-spec.ts";
import { LiveQuality } from "../src/quality/live-quality.ts";
import { MAX_SERIES } from "../src/quality/quality-series.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import { SeededRandom } from "../src/features/seeded-random.ts";
import { benchCommand } from "./bench-command.ts";
import { collectGarbage } from "./collect-garbage.ts";

const STEP_MS = 1000;
/** Longer than the longest ring of steps; the blocks of 30 days are there from the start. */
const HOURS = 30;
/** Symbols held at once where memory is measured. */
const SYMBOLS = 8;
/** A row of 40 features, made of `default-1` and copies of its columns, and the score. */
const FEATURES = 40;
const NAMES = Array.from({ length: FEATURES }, (_, j) => DEFAULT_1[j]?.name ?? `copy_${j}`);
const COLUMNS = [...NAMES, PROBABILITY];
const SOURCES = Int32Array.from(NAMES, (_, j) => j % DEFAULT_1.length);
const SHAS = Array.from({ length: MAX_SERIES }, (_, i) => String(i).repeat(64));

interface Monitored {
  readonly engine: FeatureEngine;
  readonly quality: LiveQuality;
  readonly drift: DriftWindows;
  readonly concept: ConceptMonitor;
}

const MONITOR = benchCommand(
  "monitor",
  `
What quality and drift cost: time per closed step, time of a question, and the memory of one symbol's whole state with
two models, three baselines and 40 features. Simulated steps, in process.`,
  {},
);

export const program: Program = {
  command: MONITOR,
  run: async (args) => {
    parseCommandLine(MONITOR, args);
    const steps = closedSteps(7);
    console.log(
      `${steps.count} closed steps of ${HOURS} simulated hours, ${MAX_SERIES} models, ${COLUMNS.length} columns`,
    );
    const scores = simulatedScores(steps.count);
    const reference = referenceOf(steps, scores);
    for (const warm of [true, false]) {
      const live = monitored(steps.engine, reference);
      const timing = feed(live, steps, scores);
      if (warm) continue;
      for (const [what, ms] of Object.entries(timing)) {
        console.log(`${what.padEnd(8)} ${((ms * 1000) / steps.count).toFixed(2)} µs per closed step`);
      }
      const total = Object.values(timing).reduce((sum, ms) => sum + ms, 0);
      console.log(`together ${((total * 1000) / steps.count).toFixed(2)} µs per closed step, windows' ends included`);
      for (const name of ["1h", "24h", "30d"] as const) {
        const pairs = SHAS.slice(1).map((sha) => [sha, SHAS[0]!] as const);
        const startedMs = performance.now();
        for (let i = 0; i < 5; i++) live.quality.window(name, { pairs });
        console.log(`window ${name.padEnd(4)} ${((performance.now() - startedMs) / 5).toFixed(1)} ms with intervals`);
      }
      live.quality.dirtyPages();
      live.drift.dirtyPages();
      live.concept.dirtyPages();
      const pages = pagesAfter(live, steps, scores, 64);
      console.log(`pages    ${(pages / 1024).toFixed(1)} kB written after 64 more steps`);
      const arrays = { engine: bytesOf(live.engine), quality: bytesOf(live.quality), drift: bytesOf(live.drift) };
      for (const [what, bytes] of Object.entries(arrays))
        console.log(`${what.padEnd(8)} ${kB(bytes)} kB in typed arrays`);
    }
    weigh(steps, scores, reference);
    return EXIT.done;
  },
};

interface Simulated {
  readonly count: number;
  readonly closed: ClosedSteps;
  readonly engine: FeatureEngine;
}

function closedSteps(seed: number): Simulated {
  const fromMs = Date.parse("2026-03-01T00:00:00Z");
  const engine = new FeatureEngine();
  const closed = new ClosedSteps(1, 120_000);
  let packed = new PackedTicks(4096);
  const process = (): void => {
    engine.process(packed.rows(), closed, new Uint8Array(packed.count));
    packed = new PackedTicks(4096);
  };
  for (const tick of simulateTicks({ seed, symbol: "BTC-USD", fromMs, toMs: fromMs + HOURS * 3_600_000 })) {
    packed.add(tick);
    if (packed.count === 4096) process();
  }
  process();
  return { count: closed.count, closed, engine };
}

/** Probabilities [steps × MAX_SERIES]; their values do not matter here. */
function simulatedScores(count: number): Float32Array {
  const random = new SeededRandom("scores");
  return Float32Array.from({ length: count * MAX_SERIES }, () => 0.2 * random.uniform());
}

function referenceOf({ closed, count }: Simulated, scores: Float32Array): DriftReference {
  const row = new Float32Array(COLUMNS.length);
  const columns = COLUMNS.map(() => new Float64Array(Math.floor(count / 10)));
  for (let k = 0; k < columns[0]!.length; k++) {
    rowOf(closed, k * 10, scores, row);
    row.forEach((x, j) => (columns[j]![k] = x));
  }
  const windows = driftWindowPlan(STEP_MS).map(({ name, steps, every, minRows }) => {
    const thresholds = COLUMNS.map(() => 0.5);
    const dataset = { datasetShare: 0.2, datasetRatio: 2 };
    return { name, steps, every, minRows, nullWindows: 100, alpha: 0.05, thresholds, ...dataset };
  });
  return { features: COLUMNS.map((name, j) => driftFeature(name, columns[j]!)), windows };
}

function rowOf(closed: ClosedSteps, k: number, scores: Float32Array, into: Float32Array): void {
  closed.row("default-1", k, 0, SOURCES, into, 0);
  into[COLUMNS.length - 1] = scores[k * MAX_SERIES]!;
}

function monitored(engine: FeatureEngine, reference: DriftReference): Monitored {
  const quality = new LiveQuality(STEP_MS);
  const { label } = engine.config;
  const { horizonSteps } = label;
  const series = SHAS.map((sha256) => {
    return { sha256, threshold: 0.15, labelText: labelSpecText(label), spec: 0, horizonSteps };
  });
  quality.setSeries(series, { champion: SHAS[0]!, challenger: SHAS[1]! });
  const drift = new DriftWindows(STEP_MS, COLUMNS);
  drift.setReference(reference, SHAS[0]!);
  const concept = new ConceptMonitor(STEP_MS);
  concept.setModel(SHAS[0]!);
  return { engine, quality, drift, concept };
}

/** Feeds everything into each part in turn; milliseconds by part. */
function feed({ quality, drift, concept }: Monitored, { closed, count }: Simulated, scores: Float32Array) {
  const resolved: [number, number, number][] = [];
  quality.onResolved = (place, index, { raw: p, label }) => {
    if (place === 0) resolved.push([index, (p - label) * (p - label), p]);
  };
  const timed = (work: () => void): number => {
    const startedMs = performance.now();
    work();
    return performance.now() - startedMs;
  };
  return {
    quality: timed(() => {
      for (let k = 0; k < count; k++) updateQuality(quality, closed, k, scores, 0);
    }),
    drift: timed(() => {
      const row = new Float32Array(COLUMNS.length);
      for (let k = 0; k < count; k++) {
        rowOf(closed, k, scores, row);
        drift.update(closed.index[k]!, row, closed.isTrainable(k, 0));
      }
    }),
    concept: timed(() => {
      for (const [index, error, p] of resolved) concept.update(index, error, p);
    }),
  };
}

function updateQuality(quality: LiveQuality, closed: ClosedSteps, k: number, scores: Float32Array, later: number) {
  quality.update({
    index: closed.index[k]! + later,
    segmentStart: (closed.flags[k]! & FLAG.segmentStart) !== 0,
    counts: closed.isEligible(k),
    labels: closed.label.subarray(k, k + 1),
    taus: closed.tau.subarray(k, k + 1),
    probabilities: scores.subarray(k * MAX_SERIES, (k + 1) * MAX_SERIES),
  });
}

/** Bytes of pages after `more` steps that follow the last one. */
function pagesAfter(live: Monitored, { closed, count }: Simulated, scores: Float32Array, more: number): number {
  const row = new Float32Array(COLUMNS.length);
  const later = closed.index[count - 1]! + 1 - closed.index[count - more]!;
  for (let k = count - more; k < count; k++) {
    updateQuality(live.quality, closed, k, scores, later);
    rowOf(closed, k, scores, row);
    live.drift.update(closed.index[k]! + later, row, closed.isTrainable(k, 0));
  }
  const pages = [...live.quality.dirtyPages(), ...live.drift.dirtyPages(), ...live.concept.dirtyPages()];
  return pages.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
}

/** Process memory per symbol: heap and buffers together, averaged over several full symbols. */
function weigh(steps: Simulated, scores: Float32Array, reference: DriftReference): void {
  const used = (): number => {
    collectGarbage();
    collectGarbage();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    return heapUsed + Math.max(external, arrayBuffers);
  };
  const held: Monitored[] = [];
  const before = used();
  for (let s = 0; s < SYMBOLS; s++) {
    const live = monitored(FeatureEngine.load(steps.engine.save()), reference);
    feed(live, steps, scores);
    live.quality.onResolved = undefined;
    held.push(live);
  }
  const each = (used() - before) / held.length;
  console.log(`one symbol, engine, quality and drift: ${kB(each)} kB of process memory (mean of ${SYMBOLS} full ones)`);
}

/** Bytes of all typed arrays that can be reached. */
function bytesOf(root: unknown): number {
  const seen = new Set<unknown>();
  let bytes = 0;
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    if (ArrayBuffer.isView(value)) bytes += value.byteLength;
    else for (const inner of value instanceof Map ? value.values() : Object.values(value)) visit(inner);
  };
  visit(root);
  return bytes;
}

function kB(bytes: number): string {
  return Math.round(bytes / 1024).toLocaleString("en-US");
}
