// `npm run model -- publish`, `promote` and `rollback`: puts artifacts into a bucket, gives them the alias champion or
// challenger, and rolls champion back.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EXIT } from "../../command-line/exit-code.ts";
import { parseCommandLine } from "../../command-line/parse-command-line.ts";
import { type Manifest, ManifestError, parseManifest } from "../../src/model/manifest.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import { sha256Hex } from "../../model-artifacts/sha256.ts";
import { UserError } from "../../command-line/user-error.ts";
import { promote, rollBack } from "./promote.ts";
import { findModel, publishedModels } from "../../model-artifacts/model-index.ts";
import { parsePromoteOptions, type PromoteOptions, PUBLISH, ROLLBACK } from "./publish-options.ts";
import { publishTarget } from "./publish-target.ts";

/**
 * Publishes every folder's artifact, and the models of its set that lie beside it: a champion is not promoted without
 * them. Throws `UserError` for a folder without one, and what `publishTarget` throws.
 */
export async function publishCommand(args: readonly string[]): Promise<number> {
  const { values, operands } = parseCommandLine(PUBLISH, args);
  const target = publishTarget(values);
  const given = await Promise.all(operands.map(readArtifact));
  const { found, missing } = await readSets(operands, given);
  const artifacts = [...given, ...found];
  for (const { name, sha256 } of await target.publish(artifacts)) {
    console.log(`published ${name} as models/${sha256} in ${target.name}`);
  }
  if (missing.length > 0)
    console.error(`warning: not beside it, and to be published before a promotion: ${missing.join(", ")}`);
  return EXIT.done;
}

/** The models of the sets of `given` that are not among them: those found in folders beside theirs, names of others. */
async function readSets(
  folders: readonly string[],
  given: readonly Artifact[],
): Promise<{ found: Artifact[]; missing: string[] }> {
  const found = new Map<string, Artifact>();
  const missing = new Set<string>();
  const isGiven = (sha256: string): boolean => given.some(({ manifest }) => manifest.onnxSha256 === sha256);
  for (const [i, { manifest }] of given.entries()) {
    for (const [alias, sha256] of Object.entries(manifest.set ?? {})) {
      if (alias === "rows" || isGiven(sha256) || found.has(sha256)) continue;
      const beside = await readArtifact(join(dirname(folders[i]!), alias)).catch(() => undefined);
      if (beside?.manifest.onnxSha256 === sha256) found.set(sha256, beside);
      else missing.add(`${alias} ${sha256.slice(0, 12)}`);
    }
  }
  return { found: [...found.values()], missing: [...missing] };
}

/** Promotes, or prints why it cannot; returns the exit code. */
export async function promoteCommand(args: readonly string[]): Promise<number> {
  const options = parsePromoteOptions(args);
  const { gateway, alias } = options;
  const sha256 = await wholeHash(options);
  const result = await promote({ ...options, sha256, token: process.env["ADMIN_TOKEN"] });
  if (!result.ok) {
    console.error(`not promoted: ${result.code}: ${result.detail}`);
    return result.code === "gate_refused" ? EXIT.refused : EXIT.mistake;
  }
  const as = alias === "champion" ? "" : ` to ${alias}`;
  console.log(`promoted ${sha256}${as} at ${gateway}${result.serving ? ", serving" : ""}`);
  return EXIT.done;
}

async function wholeHash({ sha256, bucket }: PromoteOptions): Promise<string> {
  if (sha256.length === 64) return sha256;
  return findModel(await publishTarget(bucket).read(publishedModels), sha256).sha256;
}

/** Rolls champion back, or prints why it cannot; returns the exit code. */
export async function rollbackCommand(args: readonly string[]): Promise<number> {
  const { gateway, grid, reason, by, champion } = parseCommandLine(ROLLBACK, args).values;
  const result = await rollBack({ gateway, grid, token: process.env["ADMIN_TOKEN"], reason, by, champion });
  if (!result.ok) {
    console.error(`not rolled back: ${result.code}: ${result.detail}`);
    return EXIT.mistake;
  }
  console.log(`champion of ${gateway} is ${result.sha256} again${result.serving ? ", serving" : ""}`);
  return EXIT.done;
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
