// What `npm run model -- evaluate` does: reads model and recordings, judges, writes the artifacts.
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EXIT } from "../../command-line/exit-code.ts";
import { UserError } from "../../command-line/user-error.ts";
import { type Artifact, manifestText } from "../../model-artifacts/artifact.ts";
import { findModel, publishedManifest, publishedModels } from "../../model-artifacts/model-index.ts";
import { sha256Hex } from "../../model-artifacts/sha256.ts";
import type { Manifest } from "../../src/model/manifest.ts";
import { writeArtifacts } from "../artifact/write-artifacts.ts";
import { readArtifact } from "../publish/model-publishing.ts";
import { publishTarget } from "../publish/publish-target.ts";
import { readRecordings } from "../rows/read-recordings.ts";
import { codeCommit } from "../run/code-commit.ts";
import { parseConfig } from "../run/config.ts";
import { evaluateArtifact } from "./evaluate-artifact.ts";
import type { EvaluateOptions } from "./evaluate-options.ts";

/** Judges, prints what was found, and returns the exit code. Throws `UserError`. */
export async function evaluateCommand(options: EvaluateOptions): Promise<number> {
  const model = await modelOf(options);
  const { manifest } = model;
  const trainedUntilMs = options["trained-until"] ?? trainedUntil(manifest);
  const config = configOf(options, manifest);
  const { files, symbol, reading, persist, out } = options;
  const { data, summary } = await readRecordings({ files, symbol, reading, engine: config.engine, persist });
  if (data.tally.eligible === 0) throw new UserError(`no eligible row in ${data.tally.steps} steps`);
  const { artifact, baselines, gate, refused, reference, evaluation } = await evaluateArtifact(model, data, {
    config,
    trainedUntilMs,
    provenance: {
      source: `${summary.files.length} files, ${data.symbols.join(", ")}`.slice(0, 2000),
      dataFingerprint: sha256Hex(summary.files.map(({ sha256 }) => sha256).join("\n")),
      evidence: config.evidence,
      codeCommit: codeCommit(),
      createdAtMs: Date.now(),
    },
  });
  console.log(
    `model   ${manifest.name} ${manifest.onnxSha256}, trained until ${new Date(trainedUntilMs).toISOString()}`,
  );
  if (evaluation !== null) {
    const { rows, positives, episodes, prAuc, brier } = evaluation;
    console.log(`test    ${rows} rows, ${positives} positive, ${episodes} episodes`);
    console.log(`figures PR-AUC ${prAuc?.value.toFixed(3) ?? "–"}, Brier ${brier.value.toFixed(4)}`);
  }
  for (const { family, why } of refused) console.log(`without ${family}: ${why}`);
  console.log(`against ${reference.family}: ${reference.why}`);
  for (const [name, gain] of Object.entries(gate.gains)) {
    const [value, low, high] = [gain.value, gain.low, gain.high].map((x) => x.toFixed(5));
    console.log(`        Brier gain over ${name}: ${value} [${low}, ${high}]`);
  }
  console.log(`gate    ${[gate.verdict, ...gate.reasons].join(" ")}`);
  const folder = join(out, manifest.name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "model.onnx"), artifact.onnx);
  await writeFile(join(folder, "manifest.json"), manifestText(artifact.manifest));
  await writeArtifacts(out, baselines);
  console.log(`wrote   ${folder}, now ${artifact.manifest.onnxSha256}: npm run model -- publish ${folder}`);
  return gate.verdict === "passed" ? EXIT.done : EXIT.refused;
}

async function modelOf({ model, to, persist }: EvaluateOptions): Promise<Artifact> {
  if (existsSync(model)) return await readArtifact(model);
  if (!/^[0-9a-f]{8,64}$/.test(model)) {
    throw new UserError(`model: got ${model}, expected an artifact's folder, or 8 to 64 hexadecimal digits`);
  }
  return await publishTarget({ to, persist }).read(async (bucket) => {
    const { sha256 } = findModel(await publishedModels(bucket), model);
    const stored = await bucket.get(`models/${sha256}/model.onnx`);
    if (stored === null) throw new UserError(`models/${sha256}/model.onnx: not in the bucket`);
    const onnx = new Uint8Array(await stored.arrayBuffer());
    return { manifest: await publishedManifest(bucket, sha256), onnx };
  });
}

/** A figure on rows that a model was trained on flatters it. */
function trainedUntil({ training }: Manifest): number {
  if (training.rows > 0) return training.toMs;
  throw new UserError("--trained-until: its manifest does not say what the model was trained on; give the end of that");
}

function configOf(options: EvaluateOptions, { label }: Manifest) {
  const { step, evidence, folds, seed, "test-from": testFromMs } = options;
  return parseConfig({
    step: `${step}ms`,
    source: label.source,
    evidence,
    label: JSON.stringify(label),
    seed: String(seed),
    ...(folds === undefined ? {} : { folds: String(folds) }),
    ...(testFromMs === undefined ? {} : { "test-from": new Date(testFromMs).toISOString() }),
  });
}
