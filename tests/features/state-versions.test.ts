// A state that an older version wrote is read, and goes on as if it had never stopped.
import { describe, expect, it } from "vitest";
import { gridConfig } from "../../src/features/event-grid.ts";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import { BEFORE_DEFAULT_2, contentOf, expectSame, expectSameBytes, run } from "./engine-run.ts";
import { STATE_VERSION_1 } from "./state-version-1.ts";
import { integerStream, pack } from "./tick-stream.ts";

const LABEL = { ...DEFAULT_LABEL_SPEC, horizonSteps: 5, windowSteps: 20, minCount: 5 };

async function stateOfVersion1(): Promise<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(STATE_VERSION_1), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).arrayBuffer();
}

describe("a state of version 1", () => {
  it("keeps its held tick, counts and shares, and gives the same steps as an engine that never stopped", async () => {
    const engine = FeatureEngine.load(await stateOfVersion1());
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
