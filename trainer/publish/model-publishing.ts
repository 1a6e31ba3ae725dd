// `npm run model -- publish`, `promote` and `rollback`: artifacts on disk into a bucket, from there to a gateway's champion
// or challenger, and champion back again.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { type Manifest, ManifestError, parseManifest } from "../../src/model/manifest.ts";
import type { Artifact } from "../artifact/artifact.ts";
import { promote, rollBack } from "./promote.ts";
import type { PublishOptions } from "./publish-options.ts";
import { publishTarget } from "./publish-target.ts";
import { sha256Hex } from "../artifact/sha256.ts";
import { UserError } from "../run/user-error.ts";

/** Publishes every folder's artifact. Throws `UserError` for a folder without one, and what `publishTarget` throws. */
export async function publishCommand({ operands, to, persist }: PublishOptions): Promise<void> {
  const target = publishTarget({ to, persist });
  const artifacts = await Promise.all(operands.map(readArtifact));
  for (const { name, sha256 } of await target.publish(artifacts)) {
    console.log(`published ${name} as models/${sha256} in ${target.name}`);
  }
}

/** Promotes, or says why not and sets the exit code. */
export async function promoteCommand(options: PublishOptions): Promise<void> {
  const { operands, gateway, alias, experiment, force, by, reason } = options;
  const sha256 = operands[0]!;
  const token = process.env["ADMIN_TOKEN"];
  const result = await promote({ gateway, token, sha256, alias, experiment, force, by, reason });
  if (result.ok) {
    const as = alias === "champion" ? "" : ` to ${alias}`;
    console.log(`promoted ${sha256}${as} at ${gateway}${result.serving ? ", serving" : ""}`);
    return;
  }
  console.error(`not promoted: ${result.code}: ${result.detail}`);
  process.exitCode = result.code === "gate_refused" ? 3 : 2;
}

/** Gives champion back, or says why not and sets the exit code. */
export async function rollbackCommand({ gateway, rollback }: PublishOptions): Promise<void> {
  const result = await rollBack({ gateway, token: process.env["ADMIN_TOKEN"], ...rollback! });
  if (result.ok) {
    console.log(`champion of ${gateway} is ${result.sha256} again${result.serving ? ", serving" : ""}`);
    return;
  }
  console.error(`not rolled back: ${result.code}: ${result.detail}`);
  process.exitCode = 2;
}

/** The artifact in a folder, its file checked against its manifest. */
export async function readArtifact(folder: string): Promise<Artifact> {
  const onnx = await read(join(folder, "model.onnx"));
  const manifest = manifestOf(folder, (await read(join(folder, "manifest.json"))).toString("utf8"));
  const sha256 = sha256Hex(onnx);
  if (sha256 !== manifest.onnxSha256) {
    throw new UserError(`${folder}: model.onnx has SHA-256 ${sha256}, its manifest says ${manifest.onnxSha256}`);
  }
  return { manifest, onnx: Uint8Array.from(onnx) };
}

function manifestOf(folder: string, text: string): Manifest {
  try {
    return parseManifest(JSON.parse(text));
  } catch (error) {
    if (error instanceof ManifestError || error instanceof SyntaxError) {
      throw new UserError(`${folder}: manifest.json: ${error.message}`);
    }
    throw error;
  }
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UserError(`${path}: cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
