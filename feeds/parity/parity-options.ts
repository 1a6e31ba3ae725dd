// The command line of `npm run parity`: its help, which is its specification, and its parser.
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { completeLabelSpec } from "../../src/features/complete-label-spec.ts";
import { type PriceSource, gridConfig } from "../../src/features/event-grid.ts";
import type { EngineConfig } from "../../src/features/feature-engine.ts";
import type { LabelSpec } from "../../src/features/label-spec.ts";
import type { Artifact } from "../../trainer/artifact/artifact.ts";
import { parseDurationMs } from "../../trainer/run/duration.ts";
import { UsageError, symbolOption } from "../usage-error.ts";
import { readModelFolder } from "./model-folder.ts";

export const PARITY_HELP = `Usage: npm run parity -- FILES… [options]

Replays recordings through the Worker (wrangler dev on a free port, state in a temporary folder) and compares, step by
step, with the trainer's own pass over the same files: feature rows, flags, thresholds and labels bit for bit, and the
scores of every model that serves with its published ONNX run in Node.

FILES are recordings of ticks or bars: NDJSON or CSV, plain or .gz, Parquet, folders of them, r2://BUCKET/PREFIX or
local://PREFIX (the bucket of wrangler dev); several are merged by time.
  --model DIR    a folder with model.onnx and manifest.json, as npm run train writes it; up to 4. The first is made champion,
                 whatever its gate says, the others hold aliases of baselines. Without one the bundled models serve.
  --step TIME    grid step, as 1s or 60s (default 1s); bars of a minute need 60s
  --source NAME  price of the grid, last or mid (default last)
  --label SPEC   label spec as JSON, or a file that holds one, whole or only what differs from the default (default: the
                 first model's own, else the default)
  --symbol S     only this symbol; also the symbol of recordings that name none
  --quality      compare live quality as well: /symbols/:symbol/quality over 1 h, 24 h and 30 d against the trainer's
                 own join of scores and labels. Counts per score bin and confusion must be equal, PR-AUC from the bins
                 within 0.01 of the exact one; each is printed
  --help         this text

The last line counts what was compared, and the largest difference. Ctrl-C stops the gateway and removes its state.
The bundled models are for the default grid: on another, and without --model, no score is compared.
Exit code: 0 all equal, 1 a difference or a bug, 2 the user's mistake, 130 interrupted.
`;

export interface ParityOptions {
  readonly files: readonly string[];
  readonly symbol: string | undefined;
  readonly config: EngineConfig;
  readonly models: readonly Artifact[];
  readonly quality: boolean;
}

/** Parses the arguments and reads the folders and the file that they name. Throws `UsageError`, or what `parseArgs` throws. */
export async function readParityOptions(args: readonly string[]): Promise<ParityOptions | "help"> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      model: { type: "string", multiple: true, default: [] },
      step: { type: "string", default: "1s" },
      source: { type: "string", default: "last" },
      label: { type: "string" },
      symbol: { type: "string" },
      quality: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  if (positionals.length === 0) throw new UsageError("no files given; see --help");
  const symbol = values.symbol === undefined ? undefined : symbolOption(values.symbol);
  const grid = gridConfig(stepOption(values.step), sourceOption(values.source));
  const models = await Promise.all(values.model.map(readModelFolder));
  const asked = values.label === undefined ? undefined : await readLabel(values.label, grid.source);
  const label = asked ?? models[0]?.manifest.label ?? completeLabelSpec({}, grid.source);
  return { files: positionals, symbol, config: { grid, label }, models, quality: values.quality };
}

function stepOption(text: string): number {
  const stepMs = parseDurationMs(text);
  if (stepMs >= 1000 && stepMs <= 3_600_000 && stepMs % 1000 === 0) return stepMs;
  throw new UsageError(`--step: got ${text}, expected whole seconds from 1s to 3600s`);
}

function sourceOption(text: string): PriceSource {
  if (text === "last" || text === "mid") return text;
  throw new UsageError(`--source: got ${text}, expected last or mid`);
}

async function readLabel(spec: string, source: PriceSource): Promise<LabelSpec> {
  try {
    const text = spec.trimStart().startsWith("{") ? spec : await readFile(spec, "utf8");
    return completeLabelSpec(JSON.parse(text), source);
  } catch (error) {
    throw new UsageError(`--label ${spec}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
