// An artifact from a folder, as the trainer writes it: model.onnx and manifest.json.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseManifest } from "../../src/model/manifest.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import { sha256Hex } from "../../model-artifacts/sha256.ts";
import { UserError } from "../../command-line/user-error.ts";

/** Throws `UserError` for a missing file, a malformed manifest, and an ONNX file that is not the manifest's. */
export async function readModelFolder(folder: string): Promise<Artifact> {
  try {
    const manifest = parseManifest(JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")));
    const onnx = new Uint8Array(await readFile(join(folder, "model.onnx")));
    const sha256 = sha256Hex(onnx);
    if (sha256 === manifest.onnxSha256) return { manifest, onnx };
    throw new Error(`model.onnx: got SHA-256 ${sha256}, the manifest says ${manifest.onnxSha256}`);
  } catch (error) {
    throw new UserError(`--model ${folder}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
