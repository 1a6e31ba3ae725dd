// What must hold of the sets in src/model/bundled, whenever they are made anew: read from their files.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readArtifacts } from "../../feeds/default-models.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import { BASELINE_FAMILIES, BASELINES } from "../../src/model/manifest.ts";
import { BUNDLED_FOLDER } from "../../trainer/bundled/write-bundled.ts";

describe.each([
  ["of steps of 1 s", BUNDLED_FOLDER],
  ["of bars of one minute", join(BUNDLED_FOLDER, "bars")],
])("the bundled set %s", (_, folder) => {
  let artifacts: Artifact[];
  /** The family that reference.ts takes its files of. */
  let reference: string;

  beforeAll(async () => {
    artifacts = await readArtifacts(folder);
    const module = await readFile(join(folder, "reference.ts"), "utf8");
    const names = [...module.matchAll(/from "\.\/([\w-]+)\.(?:json|onnx)"/g)].map(([, name]) => name!);
    expect(new Set(names).size).toBe(1);
    reference = names[0]!;
  });

  const champions = (): Artifact["manifest"][] =>
    artifacts.map(({ manifest }) => manifest).filter(({ family }) => !BASELINE_FAMILIES.includes(family));

  const shaOf = (family: string): string | undefined =>
    artifacts.find(({ manifest }) => manifest.family === family)?.manifest.onnxSha256;

  it("has one learned model, which is the champion, and beside it the baselines with the reference", () => {
    expect(champions()).toHaveLength(1);
    const families = artifacts.map(({ manifest }) => manifest.family);
    expect(families.sort()).toEqual([...new Set([...BASELINES, reference, champions()[0]!.family])].sort());
  });

  it("is of one training", () => {
    const facts = artifacts.map(({ manifest: { training, dataFingerprint, codeCommit, label } }) =>
      JSON.stringify({ training, dataFingerprint, codeCommit, label }),
    );
    expect(new Set(facts).size).toBe(1);
  });

  it("names its own baselines and its reference in the champion's manifest", () => {
    const { set } = champions()[0]!;
    for (const family of BASELINES) expect([family, set?.[family]]).toEqual([family, shaOf(family)]);
    expect(set?.rows).toBe(shaOf("zscore"));
    expect(set?.reference).toBe(shaOf(reference));
  });

  it("has the strongest baseline of its training rows for reference, and the gate compared with it", () => {
    const { gate, reference: chosen } = champions()[0]!;
    expect(BASELINE_FAMILIES).toContain(reference);
    if (gate !== null) expect(gate).toMatchObject({ verdict: "passed", gains: { [reference]: expect.anything() } });
    expect(chosen?.family).toBe(reference);
    const losses = [...chosen!.why.matchAll(/([\w-]+) (\d+\.\d{5})/g)].map(([, family, loss]) => [family!, Number(loss)] as const); // prettier-ignore
    expect(losses.map(([family]) => family).every((family) => BASELINE_FAMILIES.includes(family))).toBe(true);
    expect(losses.reduce((best, other) => (other[1] < best[1] ? other : best))[0]).toBe(reference);
  });
});
