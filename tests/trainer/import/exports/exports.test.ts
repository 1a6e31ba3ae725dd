import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectOutcome } from "./expect-outcome.ts";
import { REFUSED_BY_EXPORTER, REFUSED_BY_IMPORT } from "./expected-outcomes.ts";
import { exportsIn, measureExport } from "./measure-export.ts";

// Real exports, of PyTorch too; make-exports.py says how they were made. exports.long.test.ts makes all of them anew.
const FIXTURES = join(import.meta.dirname, "../../../fixtures/exports");
const facts = exportsIn(FIXTURES);

describe("a checked-in export of another library", () => {
  it.each(facts.map((one) => [one.name, one] as const))(
    "%s scores as its library and onnxruntime do, or is refused in a sentence that says what to change",
    async (_, one) => {
      expectOutcome(await measureExport(FIXTURES, one));
    },
  );

  it("is there for every name of the list, and for every library", () => {
    const listed = readFileSync(join(import.meta.dirname, "fixtures.txt"), "utf8")
      .trim()
      .split("\n");
    expect(facts.map(({ name }) => name).sort()).toEqual(listed.sort());
    expect(new Set(facts.map(({ name }) => name.split("-")[0]))).toEqual(
      new Set(["catboost", "lightgbm", "sklearn", "torch", "xgboost"]),
    );
  });

  it("is refused by the exporter or by the import, not by both", () => {
    const twice = Object.keys(REFUSED_BY_EXPORTER).filter((name) => name in REFUSED_BY_IMPORT);
    expect(twice).toEqual([]);
  });
});
