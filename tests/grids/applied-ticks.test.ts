// A further grid gets what the default grid applied, and the archive of these ticks gives its steps again.
import { describe, expect, it } from "vitest";
import { bitsOf, hashStep } from "../../src/durable/symbol/archive/archive-hashes.ts";
import { archiveTicks, type JudgedBatch } from "../../src/durable/symbol/archive/archive-ticks.ts";
import { heldVerdictOf } from "../../src/durable/symbol/batch.ts";
import { appliedTicks } from "../../src/durable/symbol/grids/applied-ticks.ts";
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { DEFAULT_ENGINE_CONFIG, FeatureEngine } from "../../src/features/feature-engine.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { ROW_NAMES } from "../../src/features/schema.ts";
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { contentOf, run } from "../features/engine-run.ts";
import { flowStream, pack, type StreamTick } from "../features/tick-stream.ts";
import { wildStream } from "../features/wild-stream.ts";

const LABEL = { ...DEFAULT_LABEL_SPEC, windowSteps: 30, minCount: 10, horizonSteps: 5 };

function follower(stepMs: number, source: "last" | "mid"): FeatureEngine {
  const engine = new FeatureEngine({ grid: gridConfig(stepMs, source), label: { ...LABEL, source } });
  engine.followsOther = true;
  return engine;
}

/** All but whether a step is stale, which depends on the order of its ticks: the archive is sorted by time. */
function hashesOf(steps: ClosedSteps): string[] {
  const rows = bitsOf(ROW_NAMES);
  return Array.from({ length: steps.count }, (_, k) => `${steps.index[k]} ${hashStep(steps, k, rows)}`);
}

/** Batches of a default grid: what each of them applied, and what is stored of it. */
function judge(ticks: readonly StreamTick[], seed: string): { applied: Float64Array; stored: JudgedBatch }[] {
  const random = new SeededRandom(seed);
  const engine = new FeatureEngine(DEFAULT_ENGINE_CONFIG);
  const batches: { applied: Float64Array; stored: JudgedBatch }[] = [];
  for (let from = 0; from < ticks.length;) {
    const rows = pack(ticks.slice(from, (from += 1 + Math.floor(random.uniform() * 20))));
    const held = engine.heldTick;
    const verdicts = new Uint8Array(rows.length / TICK_FIELDS);
    const { counts } = engine.process(rows, new ClosedSteps(1), verdicts);
    const applied = appliedTicks(rows, verdicts, counts.released > 0 ? held : undefined);
    batches.push({ applied, stored: { rows, verdicts, heldVerdict: heldVerdictOf(counts) } });
  }
  return batches;
}

describe("the ticks that the default grid applied", () => {
  it.each([
    [10_000, "last"],
    [60_000, "last"],
    [1000, "mid"],
  ] as const)("give the same steps of %i ms of the %s price live and from the archive", (stepMs, source) => {
    let released = 0;
    for (const [seed, ticks] of [
      ...Array.from({ length: 12 }, (_, i) => [`wild ${i}`, wildStream(`wild ${i}`, 1200)] as const),
      ["flow", flowStream(4000, 3)] as const,
    ]) {
      const batches = judge(ticks, seed);
      const live = follower(stepMs, source);
      const steps = new ClosedSteps(1);
      for (const { applied } of batches) {
        const closed = run(live, applied);
        expect([...closed.verdicts].every((verdict) => verdict === 0)).toBe(true);
        steps.addAll(closed.steps);
      }
      released += batches.filter(({ stored }) => stored.heldVerdict === 0).length;
      const range = { fromSeq: 1, throughSeq: batches.length };
      const archived = archiveTicks((seq) => batches[seq - 1]!.stored, range, null);
      const again = run(follower(stepMs, source), archived.rows).steps;
      expect(hashesOf(again)).toEqual(hashesOf(steps));
      expect(steps.count).toBeGreaterThan(5);
    }
    expect(released).toBeGreaterThan(0);
  });

  it("are the batch's own rows where it applied all of them", () => {
    const rows = pack([
      { ts: 1000, price: 1 },
      { ts: 2000, price: 2 },
    ]);
    expect(appliedTicks(rows, undefined, undefined)).toBe(rows);
    expect([...appliedTicks(rows, Uint8Array.of(2, 0), undefined)]).toEqual([...rows.subarray(TICK_FIELDS)]);
    expect([...appliedTicks(rows, Uint8Array.of(2, 3), rows.subarray(0, TICK_FIELDS))]).toEqual([
      ...rows.subarray(0, TICK_FIELDS),
    ]);
  });

  it("are not kept by a grid that follows, which needs no memory for the ticks of a long step", () => {
    const rows = pack(Array.from({ length: 2000 }, (_, i) => ({ ts: 60_000_000 + i * 20, price: 100 + (i % 7) })));
    const [own, following] = [new FeatureEngine({ grid: gridConfig(60_000), label: LABEL }), follower(60_000, "last")];
    expect(contentOf(run(following, rows).steps)).toEqual(contentOf(run(own, rows).steps));
    expect(own.save().byteLength - following.save().byteLength).toBeGreaterThan(2000 * TICK_FIELDS * 7);
  });
});
