// Compares what became of an export with what is expected of it.
import { expect } from "vitest";
import { REFUSED_BY_EXPORTER, REFUSED_BY_IMPORT } from "./expected-outcomes.ts";
import type { MeasuredExport } from "./measure-export.ts";

/**
 * Another processor's kernels add in another order: GaussianNB's sums of squares differ most (4.2e-7), trees and
 * networks by one or two units of the last place of a float32 below 1 (6e-8 each).
 */
const MAX_DIFFERENCE = 5e-7;

/** An import must have no row that differs from the library, nor from onnxruntime where that runs the file at all. */
export function expectOutcome({ facts, refusedBy, reason, library, runtime }: MeasuredExport): void {
  const { name } = facts;
  const byExporter = REFUSED_BY_EXPORTER[name];
  const byImport = REFUSED_BY_IMPORT[name];
  const expected = byExporter !== undefined ? "exporter" : byImport !== undefined ? "import" : "none";
  expect([name, refusedBy, reason]).toEqual([name, expected, expected === "none" ? "" : reason]);
  expect(reason).toMatch(byExporter ?? byImport ?? /^$/);
  // One sentence: what is said to a person holds no trace of the code.
  expect(reason).not.toMatch(/\n|\.ts:|node_modules/);
  if (runtime !== undefined) {
    expect([name, runtime.differing]).toEqual([name, 0]);
    expect(runtime.maxDifference).toBeLessThan(MAX_DIFFERENCE);
  }
  if (expected !== "none") return;
  expect([name, library?.rows, library?.differing]).toEqual([name, facts.rows.length, 0]);
  expect(library?.maxDifference).toBeLessThan(MAX_DIFFERENCE);
  expect([name, runtime === undefined]).toEqual([name, facts.refusedByRuntime !== undefined]);
}
