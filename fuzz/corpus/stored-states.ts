// What the project's own code stored of a symbol: the engine's state and pages of each kind.
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import type { Page } from "../../src/features/page-buffer.ts";
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { LiveQuality } from "../../src/quality/live-quality.ts";
import { StepChunk } from "../../src/steps/step-chunk.ts";
import { market, model } from "../../tests/quality/simulated-steps.ts";
import { rowsOf } from "./packed-frames.ts";

/** Small, so that a mutation often meets something else than a ring's empty places. */
const LABEL = { ...DEFAULT_LABEL_SPEC, horizonSteps: 5, windowSteps: 40, minCount: 5 };
const MINUTE_MS = 60_000;

/** @param count ticks, four a second. */
function engineAfter(count: number, isWide: boolean): FeatureEngine {
  const engine = new FeatureEngine({ grid: gridConfig(1000, "last"), label: LABEL });
  feed(engine, rowsOf(count, isWide));
  return engine;
}

export function feed(engine: FeatureEngine, rows: Float64Array): void {
  engine.process(rows, new ClosedSteps(engine.labelSpecs.length), new Uint8Array(rows.length / TICK_FIELDS));
}

export const ENGINE_STATES: readonly Uint8Array[] = [
  engineAfter(0, false),
  engineAfter(90, true),
  engineAfter(600, false),
].map((engine) => new Uint8Array(engine.save()));

/** Live quality of three models, with a pair. */
export const QUALITY_PAGES: readonly Page[] = qualityPages();

function qualityPages(): readonly Page[] {
  const [a, b, c] = [model("a"), model("b"), model("c", "spec b", 1)];
  const quality = new LiveQuality(MINUTE_MS);
  const change = { series: [a, b, c], pair: { champion: a.sha256, challenger: b.sha256 } };
  for (const event of market({ seed: 3, steps: 400, changes: new Map([[0, change]]), gapChance: 0.01 })) {
    if ("change" in event) quality.setSeries(event.change.series, event.change.pair);
    else quality.update(event.step);
  }
  return quality.dirtyPages();
}

export const STEP_CHUNKS: readonly Uint8Array[] = [new StepChunk(0), new StepChunk(5_881_824)].map((chunk, i) => {
  for (let at = 0; at < 40 * i; at++) {
    chunk.price[at] = 100 + at;
    chunk.flags[at] = at % 16;
    chunk.probability[at] = at / 100;
    chunk.setModel(at, { sha12: "0123456789ab", labelHash: at % 3 === 0 ? "1f" : "2e" });
  }
  return new Uint8Array(chunk.encode());
});
