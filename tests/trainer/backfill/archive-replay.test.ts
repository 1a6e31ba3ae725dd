import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MarketSimulator } from "../../../simulator/simulator.ts";
import type { BlockGain } from "../../../src/quality/quality-series.ts";
import { BLOCK_STEPS } from "../../../src/quality/step-ring.ts";
import { ArchiveReplay } from "../../../trainer/backfill/archive-replay.ts";
import {
  engineOf,
  type LoadedPair,
  loadPair,
  type PairArtifacts,
  readPair,
} from "../../../trainer/backfill/pair-models.ts";
import { UserError } from "../../../command-line/user-error.ts";
import champion from "../../../src/model/bundled/logistic.json" with { type: "json" };
import zscore from "../../../src/model/bundled/zscore.json" with { type: "json" };
import bars from "../../../src/model/bundled/bars/champion.json" with { type: "json" };

const FROM_MS = Date.UTC(2026, 10, 29, 4);
const FROM_BLOCK = FROM_MS / 1000 / BLOCK_STEPS;
const HOURS = 3;
const NOTHING = { get: () => Promise.resolve(null) };
const simulator = new MarketSimulator({ seed: 3, symbol: "BTC-USD", fromMs: FROM_MS, dynamics: [] });
const ticks = simulator.advanceTo(FROM_MS + HOURS * 3_600_000);
let [artifacts, pair]: [PairArtifacts, LoadedPair] = [undefined, undefined] as never;

beforeAll(async () => {
  artifacts = await readPair(NOTHING, { champion: champion.onnxSha256, challenger: zscore.onnxSha256 });
  pair = await loadPair(artifacts);
});
afterAll(async () => {
  for (const { session } of [pair.champion, pair.challenger]) await session.release();
});

/** @param at ticks of a batch. */
async function blocksFrom(fromBlock: number, at = 5000): Promise<readonly BlockGain[]> {
  const replay = new ArchiveReplay(pair, engineOf(artifacts, 1000), fromBlock, true);
  for (let from = 0; from < ticks.length; from += at) await replay.add(ticks.slice(from, from + at));
  return replay.blocks();
}

describe("a symbol's ticks, replayed", () => {
  it("give the blocks that have ended, whatever batches they come in", async () => {
    const blocks = await blocksFrom(FROM_BLOCK);
    // The threshold needs the first block and the horizon to be there.
    expect(blocks.length).toBeGreaterThan(4 * HOURS - 4);
    expect(blocks.at(-1)!.block).toBe(FROM_BLOCK + 4 * HOURS - 2);
    expect(blocks.every(({ complete }) => complete)).toBe(true);
    expect(blocks.slice(1).every(({ rows }) => rows > 600)).toBe(true);
    expect(new Set(blocks.map(({ gainSum }) => gainSum)).size).toBe(blocks.length);
    expect(await blocksFrom(FROM_BLOCK, 777)).toEqual(blocks);
  });

  it("give from a later block on what a replay from the start gives there, with budgets and episodes", async () => {
    const all = await blocksFrom(FROM_BLOCK);
    for (const later of [FROM_BLOCK + 6]) {
      expect(await blocksFrom(later)).toEqual(all.filter(({ block }) => block >= later));
    }
  });
});

describe("what recalibrates the models of a replay", () => {
  it("learns nothing from steps that a model was trained on", async () => {
    const trainedUntil = (toMs: number): LoadedPair => {
      const { manifest } = pair.challenger;
      const training = { ...manifest.training, toMs };
      return { ...pair, challenger: { ...pair.challenger, manifest: { ...manifest, training } } };
    };
    const labelsOf = async (toMs: number) => {
      const replay = new ArchiveReplay(trainedUntil(toMs), engineOf(artifacts, 1000), FROM_BLOCK, true);
      await replay.add(ticks);
      const of = (sha256: string): number => replay["recalibrations"]!.of(sha256)!.labels;
      return [of(champion.onnxSha256), of(zscore.onnxSha256)] as const;
    };
    const before = await labelsOf(FROM_MS - 3_600_000);
    expect(before[1]).toBeGreaterThan(8000);
    const within = await labelsOf(FROM_MS + 2 * 3_600_000);
    expect(within[0]).toBe(before[0]);
    expect(within[1]).toBeLessThan(3600);
    expect(within[1]).toBeGreaterThan(1000);
  });
});

describe("the two models", () => {
  it("must be known, predict the same, and be made for the step", async () => {
    const unknown = readPair(NOTHING, { champion: champion.onnxSha256, challenger: "a".repeat(64) });
    await expect(unknown).rejects.toThrow(/^a{64}: neither in the bucket nor one of the models that ship/);
    const other = await readPair(NOTHING, { champion: champion.onnxSha256, challenger: bars.onnxSha256 });
    expect(() => engineOf(other, 1000)).toThrow(UserError);
    expect(() => engineOf(other, 1000)).toThrow(/they cannot be compared/);
    expect(() => engineOf(artifacts, 2000)).toThrow(/made for another grid than steps of 2000 ms; see --step/);
  });
});
