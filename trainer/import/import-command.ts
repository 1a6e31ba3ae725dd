// What `npm run model -- import` does: turns a model trained elsewhere into an artifact of the gateway.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { completeLabelSpec } from "../../src/features/complete-label-spec.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { labelGridFault } from "../../src/features/label-on-grid.ts";
import { type LabelSpec, parseLabelSpec } from "../../src/features/label-spec.ts";
import { manifestText } from "../../model-artifacts/artifact.ts";
import { codeCommit } from "../run/code-commit.ts";
import { UserError } from "../../command-line/user-error.ts";
import { parseGoldenTable } from "./golden-table.ts";
import { checkedText, type ImportedModel, importModel, tooManyDiffering } from "./import-model.ts";
import type { ImportOptions } from "./import-options.ts";

/** Imports, prints what was found, and writes the artifact. Throws `UserError`. */
export async function importCommand(options: ImportOptions): Promise<void> {
  const { file, features, goldenFile, maxDiffering } = options;
  const bytes = await readBytes(file);
  const label = await readLabel(options);
  const table = goldenFile === undefined ? null : (await readBytes(goldenFile)).toString("utf8");
  // Before the model is run, which is slow.
  await writing(options.out, () => mkdir(options.out, { recursive: true }));
  const imported = await importModel(bytes, {
    ...options,
    label,
    source: label.source,
    golden: table === null ? null : parseGoldenTable(table, features, goldenFile!),
    codeCommit: codeCommit(),
    createdAtMs: Date.now(),
  });
  console.log(importedText(file, options, imported));
  const { artifact } = imported;
  const differing = tooManyDiffering(imported, maxDiffering);
  if (differing !== undefined) throw new UserError(`${goldenFile}: ${differing}`);
  const folder = join(options.out, options.name);
  await writing(options.out, async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "model.onnx"), artifact.onnx);
    await writeFile(join(folder, "manifest.json"), manifestText(artifact.manifest));
  });
  console.log(
    `wrote   ${folder}\ngate    refused, not_evaluated: only a forced promotion serves it; judge it with npm run model -- evaluate`,
  );
}

async function readLabel({ labelFile, source, stepMs }: ImportOptions): Promise<LabelSpec> {
  if (labelFile === undefined) return completeLabelSpec({}, gridConfig(stepMs, source));
  const text = (await readBytes(labelFile)).toString("utf8");
  const label = parseLabel(text, labelFile);
  if (source !== undefined && source !== label.source) {
    throw new UserError(`--source: got ${source}, expected ${label.source}, which ${labelFile} says`);
  }
  const fault = labelGridFault(label, gridConfig(stepMs, label.source), "label");
  if (fault !== undefined) throw new UserError(`${labelFile}: ${fault}`);
  return label;
}

function parseLabel(text: string, file: string): LabelSpec {
  try {
    return parseLabelSpec(JSON.parse(text));
  } catch (error) {
    throw new UserError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new UserError(`${file}: cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function writing(out: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`--out: got ${out}, expected a folder that can be made and written (${why})`);
  }
}

function importedText(file: string, options: ImportOptions, imported: ImportedModel): string {
  const { producer, output, thresholds, comparison, warnings, artifact } = imported;
  const from = output.column === null ? `output ${output.value}` : `column ${output.column} of ${output.value}`;
  const { doubles, rounded, untouched } = thresholds;
  const float32 = thresholds.thresholds - doubles;
  const lines = [
    `model   ${file}, by ${producer}; ${artifact.onnx.length} bytes, sha256 ${artifact.manifest.onnxSha256}`,
    `takes   ${options.features.length} columns of ${options.row}`,
    `gives   ${from} as probability`,
    `trees   ${thresholds.thresholds} thresholds: ${float32} came as float32, ${doubles} as float64` +
      `; of these ${rounded} rounded, ${untouched} left as they were behind other computations`,
    `checked ${checkedText(comparison)}`,
    ...warnings.map((warning) => `warning ${warning}`),
  ];
  if (comparison !== null && comparison.batchDependent > 0) {
    lines.push(`warning ${comparison.batchDependent} rows depend on how many are scored together, in their last bits`);
  }
  return lines.join("\n");
}
