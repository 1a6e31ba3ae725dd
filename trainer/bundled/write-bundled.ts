// Writes a set of artifacts to where the Worker takes its bundled models from.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Artifact, manifestText } from "../../model-artifacts/artifact.ts";
import { BASELINE_FAMILIES, BASELINES } from "../../src/model/manifest.ts";

/** The set for steps of 1 s; that for bars of one minute is in `bars/`. */
export const BUNDLED_FOLDER = join(import.meta.dirname, "..", "..", "src", "model", "bundled");

/** What ships of a training run. */
interface Shipped {
  /** The family that is champion, and the name of its two files. */
  readonly champion: { readonly family: string; readonly name: string };
  /** The family of the strongest baseline. */
  readonly reference: string;
}

/**
 * Writes the champion and the baselines. The reference gets files of its own where it is none of those that always
 * ship; a module beside them says which files are its. Removes the files of an earlier reference. Throws `Error`,
 * before anything is written, for a family without an artifact.
 */
export async function writeBundled(
  folder: string,
  artifacts: readonly Artifact[],
  { champion, reference }: Shipped,
): Promise<void> {
  const shipped = new Set([...BASELINES, reference]);
  const baselines = [...shipped].map((family) => ({ family, name: family }));
  const files = [champion, ...baselines].map(({ family, name }) => {
    const artifact = artifacts.find(({ manifest }) => manifest.family === family);
    if (artifact === undefined) throw new Error(`${family}: no artifact`);
    return { name, ...artifact };
  });
  await mkdir(folder, { recursive: true });
  for (const { name, manifest, onnx } of files) {
    await writeFile(join(folder, `${name}.onnx`), onnx);
    await writeFile(join(folder, `${name}.json`), manifestText(manifest));
    console.log(`wrote   ${join(folder, name)}.{onnx,json}, ${onnx.length} bytes, ${manifest.onnxSha256}`);
  }
  for (const family of BASELINE_FAMILIES.filter((one) => !shipped.has(one))) {
    await rm(join(folder, `${family}.onnx`), { force: true });
    await rm(join(folder, `${family}.json`), { force: true });
  }
  await writeFile(join(folder, "reference.ts"), referenceModule(reference));
}

function referenceModule(family: string): string {
  return `// Written by \`npm run bundle\`: the strongest baseline of this set's training.
import manifest from "./${family}.json" with { type: "json" };
import onnx from "./${family}.onnx";

export const reference = { manifest, onnx };
`;
}
