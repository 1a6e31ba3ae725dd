// What a whole training run puts into its manifests; drift-references.test.ts has the references by themselves.
import { describe, expect, it } from "vitest";
import { BASELINE_FAMILIES, parseManifest } from "../../../src/model/manifest.ts";
import { manifestText } from "../../../model-artifacts/artifact.ts";
import { parseConfig } from "../../../trainer/run/config.ts";
import { buildDataset } from "../../../trainer/rows/dataset.ts";
import { train } from "../../../trainer/run/train.ts";
import { FROM_MS, volatileTicks } from "../volatile-ticks.ts";

describe("manifests of a training run", () => {
  it("carry the reference for learned models and null for baselines, and survive being written and read", async () => {
    const { artifacts } = await train(buildDataset(volatileTicks(7500)), {
      config: parseConfig({ folds: "1", families: "logistic", "min-episodes": "1", "drift-alpha": "0.1" }),
      provenance: {
        source: "test",
        evidence: "recorded",
        dataFingerprint: "f",
        codeCommit: "unknown",
        createdAtMs: FROM_MS,
      },
      publishFigures: false,
    });
    for (const { manifest } of artifacts) {
      expect(parseManifest(JSON.parse(manifestText(manifest)))).toEqual(manifest);
      if (BASELINE_FAMILIES.includes(manifest.family)) expect(manifest.drift).toBeNull();
      else {
        expect(manifest.drift!.features.map(({ name }) => name)).toEqual([...manifest.features, "probability"]);
        expect(manifest.drift!.windows.map(({ alpha, thresholds }) => [alpha, thresholds])).toEqual([
          [0.1, null],
          [0.1, null],
        ]);
      }
    }
    expect(artifacts.map(({ manifest }) => manifest.family)).toContain("logistic");
  });
});
