// The own scorer in workerd, against onnxruntime in the same isolate.
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { LoadedScorer } from "../../src/model/artifact.ts";
import { BUNDLED, BUNDLED_BARS, bundledArtifact } from "../../src/model/bundled.ts";
import { featureColumns, type Manifest, parseManifest } from "../../src/model/manifest.ts";
import { type ModelNames, ownRunner, sessionRunner } from "../../src/model/model-runner.ts";
import { checkRows, giveSameBits } from "../../src/model/scorer-check.ts";
import { handMade, made, publish, setAlias, variantOf } from "./artifacts.ts";
import { fetchJson, metric } from "./gateway.ts";
import { integers } from "./market.ts";

const SHAS = [...new Set([...Object.values(BUNDLED), ...Object.values(BUNDLED_BARS)])];

interface Known {
  readonly onnx: Uint8Array;
  readonly manifest: Manifest;
  readonly names: ModelNames;
}

function bundled(sha256: string): Known {
  const { onnx, manifest: value } = bundledArtifact(sha256)!;
  const manifest = parseManifest(value);
  const { input, output, sigmaOutput, features } = manifest;
  const outputs = sigmaOutput === undefined ? [output] : [output, sigmaOutput];
  return { onnx, manifest, names: { input, outputs, width: features.length } };
}

/** Rows of numbers between −5 and 5, every ninth missing, some of any size. */
function rowsOf(count: number, width: number): Float32Array {
  const below = integers(11);
  return Float32Array.from({ length: count * width }, () => {
    const kind = below(90);
    if (kind < 10) return NaN;
    const x = (below(1_000_001) - 500_000) / 1e5;
    return kind < 13 ? x * 10 ** (below(70) - 35) : x;
  });
}

/** The bundled persistence model with a slope that is another by a share of 2^-20. */
function sabotaged(): { readonly changed: Uint8Array; readonly known: Known } {
  const known = bundled(BUNDLED.persistence);
  const { slope } = known.manifest.calibration as { slope: number };
  const changed = Uint8Array.from(known.onnx);
  const view = new DataView(changed.buffer);
  for (let at = 0; at + 8 <= changed.length; at++) {
    if (view.getFloat64(at, true) !== slope) continue;
    view.setFloat64(at, slope * (1 + 2 ** -20), true);
    return { changed, known };
  }
  throw new Error(`no slope ${slope} in the file`);
}

describe("the own scorer in workerd", () => {
  it.each(SHAS)("has onnxruntime's bits of the bundled model %s", async (sha256) => {
    const { onnx, manifest, names } = bundled(sha256);
    const own = ownRunner(onnx, names)!;
    const session = await sessionRunner(onnx, names);
    const { width } = names;
    expect(await giveSameBits(own, session, rowsOf(2000, width), width)).toBe(true);
    expect(await giveSameBits(own, session, checkRows(manifest.row, featureColumns(manifest)), width)).toBe(true);
    await session.release();
  });

  it("is not taken for a graph with other names, or of other makers", async () => {
    const { onnx, names } = bundled(BUNDLED.persistence);
    expect(ownRunner(onnx, { ...names, input: "x" })).toBeUndefined();
    expect(ownRunner(onnx, { ...names, width: 2 })).toBeUndefined();
    expect(ownRunner(onnx, { ...names, outputs: ["probability", "sigma_ratio"] })).toBeUndefined();
    expect(ownRunner((await handMade("good")).onnx, names)).toBeUndefined();
  });
});

describe("the check of an own scorer", () => {
  it("tells a model with another bit", async () => {
    const { changed, known } = sabotaged();
    const scorer = new LoadedScorer(known.manifest, true, ownRunner(known.onnx, known.names)!);
    expect(await scorer.hasRuntimesBits(known.onnx)).toBe(true);
    expect(await scorer.hasRuntimesBits(changed)).toBe(false);
    await scorer.release();
    await expect(scorer.score(new Float32Array(scorer.columns.length))).rejects.toThrow("it was released");
  });

  it("is made where a model is given an alias, which is refused where a bit differs", async () => {
    const checks = (result: string): Promise<number> => metric("volgate_scorer_checks_total", { result });
    const [equal, different] = [await checks("equal"), await checks("different")];
    const body = JSON.stringify({ sha256: BUNDLED.champion });
    const give = async () => await fetchJson("/admin/aliases/champion", { method: "PUT", body });
    expect((await give()).status).toBe(200);
    expect(await checks("equal")).toBe(equal + 1);
    const spied = vi.spyOn(LoadedScorer.prototype, "hasRuntimesBits").mockResolvedValue(false);
    onTestFinished(() => spied.mockRestore());
    expect(await give()).toMatchObject({ status: 409, body: { code: "artifact_scorer_differs" } });
    expect(await checks("different")).toBe(different + 1);
  });

  it("does not give an alias to a file that onnxruntime refuses", async () => {
    const { onnx, manifest } = await variantOf("persistence", "two of one name");
    const text = new TextDecoder("latin1").decode(onnx);
    // The name of a node (field 3, 7 bytes), which no scorer reads: onnxruntime takes each only once.
    const at = text.indexOf("\u001a\u0007missing") + 2;
    expect(text.slice(at, at + 7)).toBe("missing");
    const changed = Uint8Array.from(onnx);
    changed.set(new TextEncoder().encode("imputed"), at);
    const file = await made(changed, manifest);
    await publish(file);
    expect(await setAlias("challenger", file.sha256)).toMatchObject({
      status: 409,
      body: { code: "artifact_not_onnx" },
    });
  });
});
