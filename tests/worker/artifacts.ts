// Artifacts for the tests: variants of the bundled ones and hand-made ones, put into the bucket as the trainer does.
import { env } from "cloudflare:workers";
import { sha256Hex } from "../../src/model/artifact.ts";
import { BUNDLED, bundledArtifact } from "../../src/model/bundled.ts";
import { DECISION_KEY, decisionText } from "../../src/model/decision.ts";
import { type Alias, modelHost } from "../../src/model/model-host.ts";
import { type Answer, fetchJson } from "./gateway.ts";
import { MODELS } from "./bad-models.ts";

export interface Made {
  readonly sha256: string;
  readonly onnx: Uint8Array;
  readonly manifest: Record<string, unknown>;
}

/** A gate that a champion may come through. */
export const PASSED = { verdict: "passed", reasons: [], episodes: 40, gains: {} };

/** A bundled artifact under another SHA-256, which no gate refused. */
export async function variantOf(
  alias: keyof typeof BUNDLED,
  note: string,
  changes: Record<string, unknown> = {},
): Promise<Made> {
  const { onnx, manifest } = bundledArtifact(BUNDLED[alias])!;
  const training = {
    fromMs: -2e9,
    toMs: -1e9,
    rows: 0,
    source: "none: what a test says of its time must not meet the bundled one's",
  };
  return await made(annotated(onnx, note), {
    ...alone(manifest),
    gate: PASSED,
    version: note,
    training,
    ...changes,
  });
}

/** A hand-made ONNX file under the manifest of the bundled model of one feature; a note makes it another file. */
export function handMade(
  name: keyof typeof MODELS,
  changes: Record<string, unknown> = {},
  note: string = name,
): Promise<Made> {
  const onnx = Uint8Array.from(atob(MODELS[name]), (char) => char.charCodeAt(0));
  const { manifest } = bundledArtifact(BUNDLED.persistence)!;
  const sigma = name.startsWith("sigma") ? { sigmaOutput: "sigma_ratio" } : {};
  const { row, schemaHash } = bundledArtifact(BUNDLED.champion)!.manifest as { row: string; schemaHash: string };
  const input = { row, schemaHash, features: ["ewma_60_over_tau"] };
  return made(annotated(onnx, note), { ...alone(manifest), ...input, ...sigma, version: note, ...changes });
}

/** The manifest of an artifact that brings no set along and has one threshold only. */
function alone(manifest: unknown): Record<string, unknown> {
  const entries = Object.entries(manifest as object);
  return Object.fromEntries(entries.filter(([name]) => name !== "set" && name !== "operatingPoints"));
}

/** ONNX is protobuf, so a doc_string (field 6) appended to it changes the bytes and not the model. */
function annotated(onnx: Uint8Array, note: string): Uint8Array {
  const text = new TextEncoder().encode(note);
  return new Uint8Array([...onnx, 0x32, text.length, ...text]);
}

/** Seals the file with the decision of the manifest, as the trainer does. */
export async function made(unsealed: Uint8Array, manifest: Record<string, unknown>): Promise<Made> {
  const decided = Object.fromEntries(Object.entries(manifest).filter(([name]) => name !== "claimedSha256"));
  const onnx =
    unsealed.length === 0 ? unsealed : withMetadata(unsealed, DECISION_KEY, await sha256Hex(decisionText(decided)));
  const sha256 = await sha256Hex(onnx);
  return { sha256, onnx, manifest: { ...decided, ...pinned(manifest, sha256) } };
}

/** An entry of `metadata_props` (field 14: key 1, value 2) appended to a file; of two with one key, the last counts. */
function withMetadata(onnx: Uint8Array, key: string, value: string): Uint8Array {
  const [k, v] = [new TextEncoder().encode(key), new TextEncoder().encode(value)];
  return new Uint8Array([...onnx, 0x72, k.length + v.length + 4, 0x0a, k.length, ...k, 0x12, v.length, ...v]);
}

/** The manifest's hash is the file's, unless a test says otherwise by `claimedSha256`. */
function pinned(manifest: Record<string, unknown>, sha256: string): Record<string, unknown> {
  return { onnxSha256: manifest["claimedSha256"] ?? sha256 };
}

export async function publish({ sha256, onnx, manifest }: Made): Promise<string> {
  await env.BUCKET.put(`models/${sha256}/model.onnx`, onnx);
  await env.BUCKET.put(`models/${sha256}/manifest.json`, JSON.stringify(manifest));
  return sha256;
}

export function setAlias(alias: string, sha256: string, force?: unknown): Promise<Answer> {
  return fetchJson(`/admin/aliases/${alias}`, { method: "PUT", body: JSON.stringify({ sha256, force }) });
}

export function servedSha(alias: Alias): string | undefined {
  return modelHost.current?.byAlias[alias]?.manifest.onnxSha256;
}

/**
 * Every alias is the bundled model's again and no experiment runs: for `beforeEach`, whatever another test has left.
 */
export async function bundledModels(): Promise<void> {
  const { aliases } = (await fetchJson("/admin/aliases")).body as { aliases: Record<string, string> };
  const others = Object.keys(aliases).filter((alias) => aliases[alias] !== (BUNDLED as Record<string, string>)[alias]);
  // The champion that goes is a predecessor then.
  for (const alias of [...others, "predecessor"]) await fetchJson(`/admin/aliases/${alias}`, { method: "DELETE" });
}
