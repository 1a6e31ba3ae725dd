// Exports made now, by the converters themselves: that the golden ones beside this file are no lucky versions.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_LABEL_SPEC } from "../../../src/features/label-spec.ts";
import { parseGoldenTable } from "../../../trainer/import/golden-table.ts";
import { importModel } from "../../../trainer/import/import-model.ts";
import { missingPeers, peerPython } from "../../peers/python.ts";
import { runSuccessfully } from "../../processes/child-program.ts";

const MODULES = ["sklearn", "skl2onnx", "lightgbm", "onnxmltools", "onnx"];
const FEATURES = ["rv_60_over_tau", "ewma_60_over_tau", "jump_share_300", "imbalance_60"];
const missing = missingPeers(MODULES);

describe.skipIf(missing !== undefined)(`fresh exports${missing === undefined ? "" : ` (skipped: ${missing})`}`, () => {
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "volgate-exports-"));
    const python = peerPython(MODULES);
    if ("missing" in python) throw new Error(python.missing);
    const script = join(import.meta.dirname, "golden/make-golden.py");
    await runSuccessfully(python.path, [script, folder]);
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it("of scikit-learn and LightGBM predict as their libraries do", async () => {
    const differing: Record<string, number> = {};
    const models = readdirSync(folder).filter((file) =>
      /^(sklearn-(forest|regressor|hist|logistic)|lightgbm)/.test(file),
    );
    for (const file of models.filter((name) => name.endsWith(".onnx"))) {
      const name = basename(file, ".onnx");
      const text = readFileSync(join(folder, `${name}.csv`), "utf8");
      const { comparison } = await importModel(readFileSync(join(folder, file)), {
        file,
        name,
        features: FEATURES,
        row: "default-1",
        stepMs: 1000,
        source: "last",
        label: DEFAULT_LABEL_SPEC,
        threshold: 0.5,
        golden: parseGoldenTable(text, FEATURES, `${name}.csv`),
        codeCommit: "test",
        createdAtMs: 0,
      });
      differing[name] = comparison!.differing / comparison!.rows;
    }
    const { lightgbm, ...others } = differing;
    expect(others).toEqual({
      "lightgbm-often": 0,
      "sklearn-forest": 0,
      "sklearn-hist": 0,
      "sklearn-logistic": 0,
      "sklearn-regressor": 0,
    });
    // Rows on thresholds that the converter rounded upwards.
    expect(lightgbm).toBeLessThan(0.1);
  });
});
