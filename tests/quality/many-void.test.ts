import { describe, expect, it } from "vitest";
import { manyVoid } from "../../src/words/missing-words.ts";

describe("manyVoid", () => {
  it("says the share of void labels and the step that would have labels", () => {
    expect(manyVoid({ voids: 72, resolved: 28 }, 1000, 5000)).toBe(
      "labels: 72 % of 100 decided steps are void, fewer than 95 % of their horizon's returns exist; as ticks came " +
        "lately a step of 5 s would have labels (STEP_MS, then create the symbol anew)",
    );
  });

  it("names no step where none would do, or the symbol's own does by now", () => {
    for (const step of [null, 1000])
      expect(manyVoid({ voids: 72, resolved: 28 }, 1000, step)).toMatch(/returns exist$/);
  });

  it("is silent for few decided steps and for few void ones", () => {
    expect(manyVoid({ voids: 72, resolved: 27 }, 1000, 5000)).toBeNull();
    expect(manyVoid({ voids: 199, resolved: 801 }, 1000, 5000)).toBeNull();
    expect(manyVoid({ voids: 200, resolved: 800 }, 1000, 5000)).not.toBeNull();
  });
});
