// Beside another implementation: `make-golden.py` computes the process anew from all gains at each step.
import { describe, expect, it } from "vitest";
import { Betting } from "../../../src/quality/evidence/betting.ts";
import golden from "./betting-golden.json";

describe("betting beside a slow implementation in Python", () => {
  it.each(Object.entries(golden))("has the same groups and the same evidence: %s", (_, { gains, path }) => {
    const betting = new Betting();
    const found: number[][] = [];
    let length = betting.groupLength;
    let filled = 0;
    gains.forEach((gain, i) => {
      betting.update(gain);
      filled += 1;
      if (filled < length) return;
      found.push([i + 1, length, betting.logE]);
      [length, filled] = [betting.groupLength, 0];
    });
    expect(found.map(([at, group]) => [at, group])).toEqual(path.map(([at, group]) => [at, group]));
    found.forEach(([, , logE], i) => expect(logE).toBeCloseTo(path[i]![2]!, 11));
  });
});
