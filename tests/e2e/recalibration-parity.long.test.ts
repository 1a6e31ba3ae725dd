// A market that the bundled models do not know: their recalibrations begin to serve, and the trainer's own pass over
// the same ticks serves the same bits.
import { beforeAll, describe, expect, it } from "vitest";
import { type ParityResult, runParity } from "../../feeds/parity/parity-run.ts";
import { REGIME_CHANGE } from "../../simulator/simulated-dynamics.ts";
import { simulateTicks } from "../../simulator/simulator.ts";

const FROM_MS = Date.UTC(2026, 0, 5);
const HOURS = 6;

describe("parity of a gateway whose recalibrations serve", () => {
  let result: ParityResult;

  beforeAll(async () => {
    const dynamics = [{ fromMs: FROM_MS, dynamics: REGIME_CHANGE }];
    const toMs = FROM_MS + HOURS * 3_600_000;
    const ticks = [...simulateTicks({ seed: 1, symbol: "BTC-USD", fromMs: FROM_MS, toMs, dynamics })];
    const lines: string[] = [];
    try {
      result = await runParity({ ticks, quality: true }, (line) => lines.push(line));
    } catch (error) {
      console.error(lines.join("\n"));
      throw error;
    }
    console.log(
      `${result.ticks} ticks, ${result.rows} rows, ${result.scores} scores, ${result.served} as served, ` +
        `${result.recalibrated} recalibrated, ${result.differences.count} differences`,
    );
  }, 900_000);

  it("serves the same bits as the trainer's pass, recalibrated or not", () => {
    expect(result.differences).toEqual({ count: 0, largest: 0, first: undefined });
    expect(result.served).toBe(result.scores);
    expect(result.recalibrated).toBeGreaterThan(1000);
    expect(result.recalibrated).toBeLessThan(result.served);
  });

  it("counts in live quality what was served", () => {
    expect(result.quality.length).toBeGreaterThan(0);
    expect(result.quality.every(({ resolved }) => resolved > 0)).toBe(true);
  });
});
