// Every export of make-exports.py, made now with the peers' libraries, imported and compared. Prints the table
// exporter × outcome. PyTorch is no peer (5.5 GB with its CUDA libraries): its checked-in exports stand in the table,
// and are made anew where VOLGATE_PEERS names a Python that has it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missingPeers, peerPython } from "../../../peers/python.ts";
import { runSuccessfully } from "../../../processes/child-program.ts";
import { expectOutcome } from "./expect-outcome.ts";
import { REFUSED_BY_EXPORTER, REFUSED_BY_IMPORT } from "./expected-outcomes.ts";
import { exportsIn, type MeasuredExport, measureExport } from "./measure-export.ts";
import { outcomeTable } from "./outcome-table.ts";

const MODULES = {
  boosters: ["sklearn", "skl2onnx", "onnxmltools", "lightgbm", "xgboost", "catboost", "onnxruntime"],
  torch: ["torch", "onnx", "onnxscript", "onnxruntime"],
};

/** Runs the script with the peers that have `modules`, and measures what it wrote. */
async function measureFresh(modules: readonly string[], ...groups: string[]): Promise<MeasuredExport[]> {
  const folder = mkdtempSync(join(tmpdir(), "volgate-exports-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const python = peerPython(modules);
  if ("missing" in python) throw new Error(python.missing);
  await runSuccessfully(python.path, [join(import.meta.dirname, "make-exports.py"), folder, ...groups]);
  return await measureAll(folder);
}

async function measureAll(folder: string): Promise<MeasuredExport[]> {
  const measured: MeasuredExport[] = [];
  for (const facts of exportsIn(folder)) measured.push(await measureExport(folder, facts));
  return measured;
}

const missing = missingPeers(MODULES.boosters);

describe.skipIf(missing !== undefined)(
  `exports made now${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  () => {
    let measured: MeasuredExport[];

    beforeAll(async () => {
      measured = await measureFresh(MODULES.boosters, "sklearn", "boosting");
    }, 300_000);

    it("score as their library and onnxruntime do, or are refused in a sentence that says what to change", () => {
      for (const one of measured) expectOutcome(one);
    });

    it("are all that the table of outcomes names, and no less than a hundred", () => {
      const names = new Set(measured.map(({ facts }) => facts.name));
      const named = [...Object.keys(REFUSED_BY_EXPORTER), ...Object.keys(REFUSED_BY_IMPORT)];
      expect(named.filter((name) => !name.startsWith("torch-") && !names.has(name))).toEqual([]);
      expect(measured.length).toBeGreaterThanOrEqual(100);
    });

    it("give the table exporter × outcome, together with the checked-in exports of PyTorch", async () => {
      const fixtures = await measureAll(join(import.meta.dirname, "../../../fixtures/exports"));
      const table = outcomeTable([...measured, ...fixtures.filter(({ facts }) => facts.name.startsWith("torch-"))]);
      console.log(table);
      expect(table).toContain("| torch.onnx (dynamo) | MLP |");
      expect(table).toContain("| CatBoost | CatBoostClassifier |");
    });
  },
);

const missingTorch = missingPeers(MODULES.torch);

describe.skipIf(missingTorch !== undefined)(
  `exports of PyTorch made now${missingTorch === undefined ? "" : ` (skipped: ${missingTorch})`}`,
  () => {
    it("score as PyTorch and onnxruntime do, or are refused in a sentence that says what to change", async () => {
      const measured = await measureFresh(MODULES.torch, "torch");
      expect(measured.length).toBeGreaterThanOrEqual(20);
      for (const one of measured) expectOutcome(one);
    }, 300_000);
  },
);
