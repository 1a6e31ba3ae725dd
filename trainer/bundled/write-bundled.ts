// Writes a set of artifacts to where the Worker takes its bundled models from.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Artifact, manifestText } from "../../model-artifacts/artifact.ts";

/** The set for steps of 1 s; that for bars of one minute is in `bars/`. */
export const BUNDLED_FOLDER = join(import.meta.dirname, "..", "..", "src", "model", "bundled");

/** @param names name of the two files of each family that ships. */
export async function writeBundled(
  folder: string,
  artifacts: readonly Artifact[],
  names: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [family, name] of Object.entries(names)) {
    const artifact = artifacts.find(({ manifest }) => manifest.family === family);
    if (artifact === undefined) throw new Error(`${family}: no artifact`);
    const { manifest, onnx } = artifact;
    await writeFile(join(folder, `${name}.onnx`), onnx);
    await writeFile(join(folder, `${name}.json`), manifestText(manifest));
    console.log(`wrote   ${join(folder, name)}.{onnx,json}, ${onnx.length} bytes, ${manifest.onnxSha256}`);
  }
}
