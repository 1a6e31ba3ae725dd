// `npm run model -- list`, `show` and `compare`: what the bucket holds, for people.
import { EXIT } from "../../command-line/exit-code.ts";
import { parseCommandLine } from "../../command-line/parse-command-line.ts";
import { manifestText } from "../../model-artifacts/artifact.ts";
import { findModel, publishedManifest, publishedModels } from "../../model-artifacts/model-index.ts";
import { labelSpecText } from "../../src/features/label-spec.ts";
import { differingFields } from "../../src/model/decision.ts";
import { type Manifest, type ManifestOperatingPoint, statedEvidence } from "../../src/model/manifest.ts";
import type { Figure } from "../../src/model/manifest-evaluation.ts";
import { COMPARE, LIST, SHOW } from "./publish-options.ts";
import { type PublishTarget, publishTarget } from "./publish-target.ts";

/** Digits of a hash that people read. */
const SHORT = 12;

export async function listCommand(args: readonly string[]): Promise<number> {
  const target = publishTarget(parseCommandLine(LIST, args).values);
  const models = await target.read(publishedModels);
  if (models.length === 0) console.log(`no model is published in ${target.name}`);
  for (const { sha256, version, family, row, createdAt } of models) {
    const cells = [sha256.slice(0, SHORT), createdAt.slice(0, 16), family.padEnd(14), row.padEnd(9), version];
    console.log(cells.join("  "));
  }
  return EXIT.done;
}

export async function showCommand(args: readonly string[]): Promise<number> {
  const { values, operands } = parseCommandLine(SHOW, args);
  const [manifest] = await manifestsOf(publishTarget(values), operands);
  console.log(values.json ? manifestText(manifest!).trimEnd() : describe(manifest!).join("\n"));
  return EXIT.done;
}

export async function compareCommand(args: readonly string[]): Promise<number> {
  const { values, operands } = parseCommandLine(COMPARE, args);
  const [a, b] = (await manifestsOf(publishTarget(values), operands)) as [Manifest, Manifest];
  const [left, right] = [facts(a), facts(b)];
  for (const name of Object.keys(left)) console.log(`${name.padEnd(14)}${left[name]!.padEnd(36)}${right[name]!}`);
  const same = a.dataFingerprint === b.dataFingerprint && a.evaluation?.method === b.evaluation?.method;
  console.log(same ? "judged on the same data" : "judged on different data: their figures cannot be compared");
  console.log(`different in ${differingFields(a, b).join(", ") || "nothing"}`);
  return EXIT.done;
}

async function manifestsOf(target: PublishTarget, prefixes: readonly string[]): Promise<Manifest[]> {
  return await target.read(async (bucket) => {
    const models = await publishedModels(bucket);
    return await Promise.all(prefixes.map((prefix) => publishedManifest(bucket, findModel(models, prefix).sha256)));
  });
}

function describe(manifest: Manifest): string[] {
  const { onnxSha256, goal, operatingPoints = [], training, label, set, features } = manifest;
  return [
    `sha256        ${onnxSha256}`,
    ...Object.entries(facts(manifest)).map(([name, value]) => `${name.padEnd(14)}${value}`),
    `goal          ${goal}`,
    ...operatingPoints.map((point) => `may serve     ${pointText(point)}`),
    `features      ${features.join(", ")}`,
    `label         ${labelSpecText(label)}`,
    `trained on    ${training.rows} rows, ${isoTime(training.fromMs)} to ${isoTime(training.toMs)}: ${training.source}`,
    `evidence      ${statedEvidence(manifest)}`,
    ...Object.entries(set ?? {}).map(([alias, sha256]) => `brings        ${alias} ${sha256.slice(0, SHORT)}`),
  ];
}

function pointText({ goal, threshold, precision, recall, alertRate }: ManifestOperatingPoint): string {
  const shown = (x: number | null): string => (x === null ? "none" : x.toFixed(3));
  const rates = `precision ${shown(precision)}, recall ${shown(recall)}, alert rate ${shown(alertRate)}`;
  return `"${goal}" from ${threshold.toPrecision(4)} on: ${rates}`;
}

/** In the order of the lines. */
function facts({
  onnxSha256,
  name,
  version,
  family,
  row,
  gate,
  evaluation,
  threshold,
}: Manifest): Record<string, string> {
  return {
    model: `${onnxSha256.slice(0, SHORT)} ${name}`,
    version,
    family,
    row,
    gate: gate === null ? "none" : [gate.verdict, ...gate.reasons].join(" "),
    episodes: String(evaluation?.episodes ?? "–"),
    "PR-AUC": figureText(evaluation?.prAuc),
    lift: figureText(evaluation?.lift),
    "Brier skill": figureText(evaluation?.brierSkill),
    ECE: figureText(evaluation?.ece),
    threshold: threshold.toPrecision(4),
  };
}

function figureText(figure: Figure | null | undefined): string {
  return figure ? `${figure.value.toFixed(3)} [${figure.low.toFixed(3)}, ${figure.high.toFixed(3)}]` : "–";
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16);
}
