// A state that an older version wrote is read, and goes on as if it had never stopped.
import { describe, expect, it } from "vitest";
import { DEFAULT_2, HORIZON_COLUMNS } from "../../src/features/default-2.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import { BEFORE_DEFAULT_2, contentOf, expectSame, expectSameBytes, run } from "./engine-run.ts";
import { STATE_VERSION_1 } from "./state-version-1.ts";
import { STATE_VERSION_4 } from "./state-version-4.ts";
import { flowStream, integerStream, pack } from "./tick-stream.ts";

const LABEL = { ...DEFAULT_LABEL_SPEC, horizonSteps: 5, windowSteps: 20, minCount: 5 };

async function stateOf(gzipped: string): Promise<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(gzipped), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).arrayBuffer();
}

describe("a state of version 1", () => {
  it("keeps its held tick, counts and shares, and gives the same steps as an engine that never stopped", async () => {
    const engine = FeatureEngine.load(await stateOf(STATE_VERSION_1));
    const whole = new FeatureEngine({ grid: gridConfig(), label: LABEL });
    const ticks = integerStream(400, 7);
    const last = ticks.at(-1)!;
    run(whole, pack([...ticks, { ...last, ts: last.ts + 400_000 }]));
    expect(engine.holding).toBe(true);
    expect(engine.totals).toEqual(whole.totals);
    expect(engine.observedShare.share(1000)).toBeCloseTo(whole.observedShare.share(1000), 12);
    const later = pack(
      integerStream(900, 8).map((tick) => ({ ...tick, ts: tick.ts + (last.ts - ticks[0]!.ts) + 400_500 })),
    );
    const [a, b] = [run(engine, later), run(whole, later)];
    expectSame(contentOf(a.steps), contentOf(b.steps), BEFORE_DEFAULT_2);
    expect(a.verdicts).toEqual(b.verdicts);
    expect(a.steps.count).toBeGreaterThan(300);
    expectSameBytes(FeatureEngine.load(engine.save()).save(), engine.save());
  });
});

describe("a state of version 4", () => {
  it("goes on with all that it has, and begins the columns of default-2 anew until the next segment", async () => {
    const engine = FeatureEngine.load(await stateOf(STATE_VERSION_4));
    const whole = new FeatureEngine({ grid: gridConfig(), label: LABEL });
    const ticks = flowStream(700, 7);
    run(whole, pack(ticks));
    expect([engine.isFromOlderState, whole.isFromOlderState]).toEqual([true, false]);
    const elapsed = ticks.at(-1)!.ts - ticks[0]!.ts;
    const later = flowStream(900, 8).map((tick) => ({ ...tick, ts: tick.ts + elapsed + 100 }));
    const [a, b] = [run(engine, pack(later)), run(whole, pack(later))].map(({ steps }) => contentOf(steps));
    expectSame(a!, b!, BEFORE_DEFAULT_2);
    const at = (name: string): number => DEFAULT_2.findIndex((column) => column.name === name);
    const first = (content: typeof a, name: string): number => content!.horizonBase[at(name)]!;
    // The rings of squared returns were there, the EWMAs of horizons were not.
    expect(first(a, "rv_h2_over_tau")).toBeCloseTo(first(b, "rv_h2_over_tau"), 9);
    expect([first(a, "ewma_rv_h60_over_tau"), first(b, "ewma_rv_h60_over_tau")]).toEqual([NaN, expect.any(Number)]);
    expect(a!.horizonBase.at(at("ewma_rv_h60_over_tau") - HORIZON_COLUMNS)).toBeLessThan(0);
    const afterGap = pack(later.map((tick) => ({ ...tick, ts: tick.ts + 3_600_000 })));
    const [c, d] = [run(engine, afterGap), run(whole, afterGap)].map(({ steps }) => contentOf(steps));
    const fromSegment = (values: readonly number[]): number[] => values.slice(values.length / c!.index.length);
    for (const key of ["horizonBase", "history"] as const) expect(fromSegment(c![key])).toEqual(fromSegment(d![key]));
  });
});
