// What becomes of one export that make-exports.py wrote: imported or refused, and how far its scores are from those of
// its library and of onnxruntime on the file as it came.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { UserError } from "../../../../command-line/user-error.ts";
import { DEFAULT_LABEL_SPEC } from "../../../../src/features/label-spec.ts";
import type { GoldenComparison } from "../../../../trainer/import/check-model.ts";
import type { GoldenTable } from "../../../../trainer/import/golden-table.ts";
import { type ImportedModel, importModel, tooManyDiffering } from "../../../../trainer/import/import-model.ts";

const numbers = v.array(v.nullable(v.number()));
const factsSchema = v.object({
  name: v.string(),
  exporter: v.string(),
  model: v.string(),
  options: v.string(),
  features: v.array(v.string()),
  column: v.nullable(v.number()),
  rows: v.array(numbers),
  library: v.optional(numbers),
  runtime: v.optional(numbers),
  refusedByExporter: v.optional(v.string()),
  refusedByRuntime: v.optional(v.string()),
});

/** What the Python script says of an export; `null` is a missing value. */
export type ExportFacts = v.InferOutput<typeof factsSchema>;

export interface MeasuredExport {
  readonly facts: ExportFacts;
  /** Who refuses it; `none` when it is imported. */
  readonly refusedBy: "exporter" | "import" | "none";
  /** The refusal, else an empty text. */
  readonly reason: string;
  /** The rewritten model against the library, and against onnxruntime; absent where there is nothing to compare. */
  readonly library: GoldenComparison | undefined;
  readonly runtime: GoldenComparison | undefined;
}

/** Share of golden rows that may differ: the default of --max-differing. */
const MAX_DIFFERING = 0.01;

/** All exports of a folder in the order of their names. */
export function exportsIn(folder: string): ExportFacts[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.sort().map((file) => v.parse(factsSchema, JSON.parse(readFileSync(join(folder, file), "utf8"))));
}

/** Imports one as `npm run model -- import` does. Throws what is no `UserError`. */
export async function measureExport(folder: string, facts: ExportFacts): Promise<MeasuredExport> {
  const file = join(folder, `${facts.name}.onnx`);
  if (!existsSync(file)) {
    const reason = facts.refusedByExporter ?? "no file";
    return { facts, refusedBy: "exporter", reason, library: undefined, runtime: undefined };
  }
  const bytes = readFileSync(file);
  const imported = await importing(bytes, facts, facts.library);
  if (typeof imported === "string") {
    return { facts, refusedBy: "import", reason: imported, library: undefined, runtime: undefined };
  }
  const compared = facts.runtime === undefined ? undefined : await importing(bytes, facts, facts.runtime);
  if (typeof compared === "string") throw new Error(`imported with one golden table, not with another: ${compared}`);
  const reason = tooManyDiffering(imported, MAX_DIFFERING);
  return {
    facts,
    refusedBy: reason === undefined ? "none" : "import",
    reason: reason ?? "",
    library: imported.comparison ?? undefined,
    runtime: compared?.comparison ?? undefined,
  };
}

/** The imported model, or why it is refused. */
async function importing(
  bytes: Uint8Array,
  facts: ExportFacts,
  probabilities: ExportFacts["library"],
): Promise<ImportedModel | string> {
  try {
    return await importModel(bytes, {
      file: `${facts.name}.onnx`,
      name: facts.name,
      features: facts.features,
      row: "default-1",
      stepMs: 1000,
      source: "last",
      label: DEFAULT_LABEL_SPEC,
      threshold: 0.5,
      column: facts.column ?? undefined,
      golden: goldenTable(facts.rows, probabilities ?? []),
      codeCommit: "test",
      createdAtMs: 0,
    });
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

function goldenTable(rows: ExportFacts["rows"], probabilities: readonly (number | null)[]): GoldenTable {
  return {
    values: Float32Array.from(rows.flat(), (x) => x ?? NaN),
    probabilities: Float64Array.from(probabilities, (p) => p ?? NaN),
  };
}
