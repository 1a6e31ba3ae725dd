// `npm run model -- publish` and `promote`: artifacts on disk into a bucket, and from there to a gateway's champion.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ManifestError } from "../src/model/manifest-fields.ts";
import { type Manifest, parseManifest } from "../src/model/manifest.ts";
import type { Artifact } from "./artifact.ts";
import { promote } from "./promote.ts";
import { publishTarget } from "./publish-target.ts";
import { sha256Hex } from "./sha256.ts";
import { UserError } from "./user-error.ts";

export const PUBLISH_HELP = `Usage: npm run model -- publish DIR… [--to r2://BUCKET] [--persist DIR]
       npm run model -- promote SHA256 [--gateway URL] [--force REASON --by NAME]

publish puts artifacts (folders with model.onnx and manifest.json) into the bucket of wrangler dev, or of R2
(R2_ENDPOINT or R2_ACCOUNT_ID, R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY). promote makes a published artifact the champion
of a gateway (ADMIN_TOKEN, if it needs one).

Options:
  --to BUCKET      r2://BUCKET (default: the bucket of wrangler dev)
  --persist DIR    where wrangler dev keeps its state (default: .wrangler/state)
  --gateway URL    the gateway's address (default: http://127.0.0.1:8787)
  --force REASON --by NAME   promote although the artifact's gate refused; both are recorded
  --help           print this

Exit codes: 0 done, 1 a bug, 2 a mistake in the call, 3 the gate refused.
`;

export interface PublishOptions {
  /** Folders for `publish`, one SHA-256 for `promote`. */
  readonly operands: readonly string[];
  readonly to: string | undefined;
  readonly persist: string;
  readonly gateway: string;
  readonly force: { readonly by: string; readonly reason: string } | undefined;
}

/** What each command takes beside `--help`; another one's option would do nothing. */
const TAKES = { publish: ["to", "persist"], promote: ["gateway", "force", "by"] } as const;
/** Characters of a forced promotion's reason and name at most: the gateway refuses more. */
const MAX_FORCE_TEXT = 200;

/** Throws `UserError` naming the option, what came and what was expected. `help` wins over everything else. */
export function parsePublishOptions(command: "publish" | "promote", args: readonly string[]): PublishOptions | "help" {
  const { values, positionals } = parse(args);
  if (values.help === true) return "help";
  const takes: readonly string[] = TAKES[command];
  const foreign = Object.keys(values).find((name) => !takes.includes(name));
  if (foreign !== undefined) {
    throw new UserError(`--${foreign}: does nothing for ${command}, expected only --${takes.join(", --")}`);
  }
  if (command === "publish" && positionals.length === 0)
    throw new UserError("DIR: got none, expected at least one folder");
  if (command === "promote" && (positionals.length !== 1 || !/^[0-9a-f]{64}$/.test(positionals[0]!))) {
    throw new UserError(`SHA256: got ${positionals.join(" ") || "none"}, expected 64 hexadecimal digits`);
  }
  const { force, by } = values;
  if ((force === undefined) !== (by === undefined)) {
    throw new UserError("--force and --by: got one of them, expected a reason and a name");
  }
  for (const name of ["force", "by"] as const) requireForceText(name, values[name]);
  return {
    operands: positionals,
    to: values.to,
    persist: values.persist ?? ".wrangler/state",
    gateway: values.gateway ?? "http://127.0.0.1:8787",
    force: force === undefined || by === undefined ? undefined : { by, reason: force },
  };
}

function requireForceText(name: string, text: string | undefined): void {
  if (text === undefined || (text.trim() !== "" && text.length <= MAX_FORCE_TEXT)) return;
  const got = text.trim() === "" ? "a blank text" : `${text.length} characters`;
  throw new UserError(`--${name}: got ${got}, expected 1 to ${MAX_FORCE_TEXT} characters`);
}

function parse(args: readonly string[]) {
  const strings = { to: { type: "string" }, persist: { type: "string" }, gateway: { type: "string" } } as const;
  const force = { force: { type: "string" }, by: { type: "string" }, help: { type: "boolean" } } as const;
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: { ...strings, ...force } });
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  }
}

/** Publishes every folder's artifact. Throws `UserError` for a folder without one, and what `publishTarget` throws. */
export async function publishCommand({ operands, to, persist }: PublishOptions): Promise<void> {
  const target = publishTarget({ to, persist });
  const artifacts = await Promise.all(operands.map(readArtifact));
  for (const { name, sha256 } of await target.publish(artifacts)) {
    console.log(`published ${name} as models/${sha256} in ${target.name}`);
  }
}

/** Promotes, or says why not and sets the exit code. */
export async function promoteCommand({ operands, gateway, force }: PublishOptions): Promise<void> {
  const sha256 = operands[0]!;
  const token = process.env["ADMIN_TOKEN"];
  const result = await promote({ gateway, token, sha256, ...(force ? { force } : {}) });
  if (result.ok) {
    console.log(`promoted ${sha256} at ${gateway}${result.serving ? ", serving" : ""}`);
    return;
  }
  console.error(`not promoted: ${result.code}: ${result.detail}`);
  process.exitCode = result.code === "gate_refused" ? 3 : 2;
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
