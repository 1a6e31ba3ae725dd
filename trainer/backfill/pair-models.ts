// The two models of an experiment, from the bucket or from those that ship with the gateway, ready to score.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../command-line/user-error.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import { publishedManifest } from "../../model-artifacts/model-index.ts";
import { sha256Hex } from "../../model-artifacts/sha256.ts";
import { OnnxSession } from "../../onnx/onnx-session.ts";
import type { ModelBucket } from "../../recordings/bucket/model-bucket.ts";
import { type EngineConfig } from "../../src/features/feature-engine.ts";
import { labelSpecText } from "../../src/features/label-spec.ts";
import { schemaText } from "../../src/features/schema.ts";
import { type Manifest, parseManifest } from "../../src/model/manifest.ts";
import type { QualityPair } from "../../src/quality/quality-series.ts";
import { BUNDLED_FOLDER } from "../bundled/write-bundled.ts";
import { parseConfig } from "../run/config.ts";

/** Folders of the models that ship. */
const SHIPPED = [BUNDLED_FOLDER, join(BUNDLED_FOLDER, "bars")];

export interface PairArtifacts {
  readonly champion: Artifact;
  readonly challenger: Artifact;
}

export interface LoadedModel {
  readonly manifest: Manifest;
  readonly session: OnnxSession;
}

export interface LoadedPair {
  readonly champion: LoadedModel;
  readonly challenger: LoadedModel;
}

/** Reads both. Throws `UserError` for one that neither was published nor ships. */
export async function readPair(bucket: Pick<ModelBucket, "get">, pair: QualityPair): Promise<PairArtifacts> {
  const [champion, challenger] = [await readModel(bucket, pair.champion), await readModel(bucket, pair.challenger)];
  return { champion, challenger };
}

/**
 * The engine that closes the steps of both.
 * @throws UserError when their labels differ, or a model was made for another grid.
 */
export function engineOf({ champion, challenger }: PairArtifacts, stepMs: number): EngineConfig {
  const [own, other] = [champion, challenger].map(({ manifest }) => labelSpecText(manifest.label));
  if (own !== other) {
    throw new UserError(`the champion's label is "${own}", the challenger's "${other}": they cannot be compared`);
  }
  const { label } = challenger.manifest;
  const { engine } = parseConfig({ step: `${stepMs}ms`, source: label.source, label: JSON.stringify(label) });
  for (const { manifest } of [champion, challenger]) {
    const { name, version, row, schemaHash } = manifest;
    if (schemaHash === sha256Hex(schemaText(row, engine.grid, label.horizonSteps))) continue;
    throw new UserError(`${name} ${version}: made for another grid than steps of ${stepMs} ms; see --step`);
  }
  return engine;
}

/** Loads both; call `release` on their sessions. Throws what the runtime throws. */
export async function loadPair({ champion, challenger }: PairArtifacts): Promise<LoadedPair> {
  const load = async ({ manifest, onnx }: Artifact): Promise<LoadedModel> => {
    return { manifest, session: await OnnxSession.load(onnx) };
  };
  return { champion: await load(champion), challenger: await load(challenger) };
}

async function readModel(bucket: Pick<ModelBucket, "get">, sha256: string): Promise<Artifact> {
  const stored = await bucket.get(`models/${sha256}/model.onnx`);
  if (stored !== null) {
    const onnx = new Uint8Array(await stored.arrayBuffer());
    return { manifest: await publishedManifest(bucket, sha256), onnx };
  }
  for (const folder of SHIPPED) {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
    for (const name of names) {
      const manifest = parseManifest(JSON.parse(await readFile(join(folder, name), "utf8")));
      if (manifest.onnxSha256 !== sha256) continue;
      return { manifest, onnx: new Uint8Array(await readFile(join(folder, name.replace(/json$/, "onnx")))) };
    }
  }
  throw new UserError(`${sha256}: neither in the bucket nor one of the models that ship with the gateway; see --to`);
}
