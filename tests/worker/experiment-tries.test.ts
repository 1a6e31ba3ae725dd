// Comparisons with a champion are counted, whatever becomes of the challengers.
import { describe, expect, it } from "vitest";
import { BUNDLED } from "../../src/model/bundled.ts";
import { type AliasState, changeAliases } from "../../src/durable/registry/change-aliases.ts";
import { readStoredRegistry } from "../../src/durable/registry/registry-state.ts";

const [A, B, C] = ["a", "b", "c"].map((digit) => digit.repeat(64)) as [string, string, string];
const NEW: AliasState = {
  ...{ aliases: {}, experiment: null, evidence: null, changes: [], changeCount: 0, experimentCount: 0, compared: null },
};
const CAUSE = { atMs: 1e12, by: "admin", who: "ada", reason: "a try" } as const;

type Wanted = Parameters<typeof changeAliases>[1];
const after = (state: AliasState, ...changes: readonly Wanted[]): AliasState =>
  changes.reduce((now, wanted) => changeAliases(now, wanted, CAUSE, { bundled: BUNDLED, settings: {} }), state);
const triesAfter = (...changes: readonly Wanted[]): number | undefined => after(NEW, ...changes).experiment?.tries;

describe("the tries against a champion", () => {
  it("are one more with each challenger that is named, also with one that was taken away and is given again", () => {
    expect(triesAfter({ challenger: A })).toBe(1);
    expect(triesAfter({ challenger: A }, { challenger: B })).toBe(2);
    expect(triesAfter({ challenger: A }, { challenger: null }, { challenger: A })).toBe(2);
    expect(triesAfter({ challenger: A }, { challenger: A })).toBe(1);
  });

  it("begin anew with another champion, and go on where no challenger met that one", () => {
    expect(triesAfter({ challenger: A }, { challenger: B }, { champion: C })).toBe(1);
    expect(triesAfter({ champion: C }, { challenger: A }, { champion: A, challenger: null }, { challenger: B })).toBe(
      1,
    );
    expect(
      triesAfter({ challenger: A }, { champion: A, challenger: null }, { champion: null }, { challenger: B }),
    ).toBe(2);
  });

  it("count the experiment that an older version has begun, also once it is over", () => {
    const begun: Record<string, unknown> = { ...after(NEW, { challenger: A }).experiment! };
    delete begun["tries"];
    const stored = { aliases: { challenger: A }, experiment: begun, experimentCount: 1 };
    const old = { ...NEW, ...readStoredRegistry(stored, BUNDLED) };
    expect([old.experiment?.tries, old.compared]).toEqual([1, null]);
    expect(after(old, { challenger: B }).experiment?.tries).toBe(2);
    expect(after(old, { challenger: null }, { challenger: B }).experiment?.tries).toBe(2);
  });
});
