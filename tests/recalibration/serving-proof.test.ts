import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../src/features/seeded-random.ts";
import { probabilityOf } from "../../src/recalibration/line.ts";
import { proofBlockSteps, ServingProof } from "../../src/recalibration/serving-proof.ts";

const STEPS = 900;

/** Feeds steps whose raw probability is wrong by `level` in log-odds where `isRawWrong`, else the candidate's. */
function feed(proof: ServingProof, blocks: number, level: number, isRawWrong: boolean, seed: number, from = 0): void {
  const random = new SeededRandom(seed);
  for (let k = from * STEPS; k < (from + blocks) * STEPS; k++) {
    const z = -2.2 + 2 * (random.uniform() - 0.5);
    const [truth, wrong] = [probabilityOf(z), probabilityOf(z + level)];
    const [raw, candidate] = isRawWrong ? [wrong, truth] : [truth, wrong];
    const label = random.uniform() < truth ? 1 : 0;
    proof.advance(k);
    proof.add({
      index: k,
      gain: (raw - label) ** 2 - (candidate - label) ** 2,
      bound: Math.abs(raw - candidate) * Math.max(raw + candidate, 2 - raw - candidate),
      variance: raw * (1 - raw),
    });
  }
}

describe("the proof of a recalibration", () => {
  it("lets one serve that gains, from the first step of a block on, and says what decided it", () => {
    const proof = new ServingProof(1);
    feed(proof, 60, 0.7, true, 1);
    expect(proof.state).toBe("serving");
    const [change] = proof.journal;
    expect(change).toMatchObject({ to: "serving" });
    expect(change!.step % STEPS).toBe(0);
    expect(change!.eValue).toBeGreaterThanOrEqual(20);
    expect(change!.meanGain).toBeGreaterThan(0);
  });

  it("undoes one that harms, and asks for the whole proof again", () => {
    const proof = new ServingProof(1);
    feed(proof, 60, 0.7, true, 1);
    feed(proof, 60, 0.7, false, 2, 60);
    expect(proof.journal.map(({ to }) => to)).toEqual(["serving", "undone"]);
    expect(proof.state).toBe("undone");
    feed(proof, 60, 0.7, true, 3, 120);
    expect(proof.state).toBe("serving");
  });

  it("never lets one serve that harms, and hardly ever one that changes nothing for the better", () => {
    const harmful = new ServingProof(1);
    feed(harmful, 100, 0.5, false, 4);
    expect(harmful.state).toBe("learning");
    let started = 0;
    // The candidate is off by as much as the raw score, upwards instead of downwards: no gain on the whole.
    for (let seed = 0; seed < 60; seed++) {
      const proof = new ServingProof(1);
      const random = new SeededRandom(1000 + seed);
      for (let k = 0; k < 40 * STEPS; k++) {
        const label = random.uniform() < 0.1 ? 1 : 0;
        proof.advance(k);
        const [raw, candidate] = [0.08, 0.12];
        const gain = (raw - label) ** 2 - (candidate - label) ** 2;
        proof.add({ index: k, gain, bound: 0.04 * 1.8, variance: raw * (1 - raw) });
      }
      if (proof.state === "serving") started += 1;
    }
    expect(started).toBeLessThanOrEqual(6);
  });

  it("takes longer blocks for longer horizons", () => {
    expect([1, 60, 300].map(proofBlockSteps)).toEqual([900, 900, 4500]);
  });

  it("goes on from what was stored, and refuses other numbers", () => {
    const proof = new ServingProof(60);
    feed(proof, 3, 0.7, true, 1);
    const { text, numbers } = proof.save();
    const again = new ServingProof(60);
    again.load(text, numbers);
    for (const each of [proof, again]) feed(each, 30, 0.7, true, 2, 3);
    expect(again.save()).toEqual(proof.save());
    expect(() => again.load(text, new Float64Array(2))).toThrow("evidence: got 2 numbers");
  });
});
