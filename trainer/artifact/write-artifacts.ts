// Artifacts as files on disk.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Artifact, manifestText } from "../../model-artifacts/artifact.ts";

/** Writes `<dir>/<family>/model.onnx` and `manifest.json` for each artifact, and returns the folders. */
export async function writeArtifacts(dir: string, artifacts: readonly Artifact[]): Promise<string[]> {
  const folders: string[] = [];
  for (const { manifest, onnx } of artifacts) {
    const folder = join(dir, manifest.family);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "model.onnx"), onnx);
    await writeFile(join(folder, "manifest.json"), manifestText(manifest));
    folders.push(folder);
  }
  return folders;
}
