// The command line of `npm run parity`.
import { readFile } from "node:fs/promises";
import type { Command } from "../../command-line/command.ts";
import { flag, option, repeated } from "../../command-line/option.ts";
import { parseCommandLine } from "../../command-line/parse-command-line.ts";
import { UserError } from "../../command-line/user-error.ts";
import { oneOf, parseDurationMs, text, valueType } from "../../command-line/value-types.ts";
import { completeLabelSpec } from "../../src/features/complete-label-spec.ts";
import { gridConfig, type GridConfig } from "../../src/features/event-grid.ts";
import type { EngineConfig } from "../../src/features/feature-engine.ts";
import { labelGridFault } from "../../src/features/label-on-grid.ts";
import { EXPECTED_GRID_NAME, gridName, type NamedGrid, parseGridName } from "../../src/features/grid-name.ts";
import type { LabelSpec } from "../../src/features/label-spec.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import { READING_OPTIONS, type ReadingValues, readingOf } from "../../command-line/reading-options.ts";
import { recordingsOperand } from "../../command-line/recordings-operand.ts";
import { SYMBOL_HELP, SYMBOL_TYPE } from "../../command-line/symbol-type.ts";
import { readBundledModels } from "./bundled-models.ts";
import { modelsOf } from "./place-models.ts";
import { readModelFolder } from "./model-folder.ts";

/** What the Worker's STEP_MS takes. */
const GATEWAY_STEP = valueType("TIME", "whole seconds from 1s to 3600s", (value) => {
  const stepMs = parseDurationMs(value);
  return stepMs >= 1000 && stepMs <= 3_600_000 && stepMs % 1000 === 0 ? stepMs : undefined;
});

const GRID_TYPE = valueType("GRID", EXPECTED_GRID_NAME, parseGridName);

export const PARITY = {
  name: "parity",
  call: "npm run parity --",
  about: `
Replays recordings through the Worker (wrangler dev on a free port, state in a temporary folder) and compares, step
by step, with the trainer's own pass over the same files: feature rows, flags, thresholds and labels bit for bit,
and the scores of every model that serves with its published ONNX run in Node.`,
  operands: recordingsOperand("Several are merged by time"),
  options: {
    model: repeated(
      text("DIR"),
      "a folder with model.onnx and manifest.json, as npm run train writes it; up to 4 of a horizon. The first is made " +
        "champion, whatever its gate says, the others hold aliases of baselines",
      { otherwise: "the bundled models serve" },
    ),
    step: option(GATEWAY_STEP, "grid step, as 1s or 60s; bars of a minute need 60s", { default: "1s" }),
    source: option(oneOf(["last", "mid"]), "price of the grid: last or mid", { default: "last" }),
    grid: repeated(
      GRID_TYPE,
      "a further grid of the gateway, as 60s or 60s-mid, with the label of the models that are bundled for it, or a " +
        "further horizon, as 1s-h300s, with that of its first --model: its rows are compared with those of the ticks " +
        "that the default grid accepted; up to 3",
      { otherwise: "none" },
    ),
    label: option(
      text("SPEC"),
      "label spec as JSON, or a file that holds one, whole or only what differs from the default",
      { otherwise: "the first model's own, or the bundled champion's" },
    ),
    symbol: option(SYMBOL_TYPE, SYMBOL_HELP),
    ...READING_OPTIONS,
    quality: flag(
      "compare live quality as well: /symbols/:symbol/quality over 1 h, 24 h and 30 d against the trainer's own join " +
        "of scores and labels. Counts per score bin and confusion must be equal, live PR-AUC within 0.005 of " +
        "the exact one; each is printed",
    ),
  },
  notes: `
The last line counts what was compared, and the largest difference. Ctrl-C stops the gateway and removes its state.
Models are bundled for steps of 1 s and of 60 s of the last price: on another grid, and without --model, no score is
compared.
Exit code: 0 all equal, 1 a difference or a bug, 2 the user's mistake, 130 interrupted.`,
} satisfies Command;

export interface ParityOptions {
  readonly grids: readonly EngineConfig[];
  readonly files: readonly string[];
  readonly symbol: string | undefined;
  readonly config: EngineConfig;
  readonly models: readonly Artifact[];
  readonly quality: boolean;
  readonly reading: ReadingValues;
}

/** Parses the arguments and reads the folders and the file that they name. Throws `UserError`. */
export async function readParityOptions(args: readonly string[]): Promise<ParityOptions> {
  const { values, operands } = parseCommandLine(PARITY, args);
  const grid = gridConfig(values.step, values.source);
  const models = await Promise.all(values.model.map(readModelFolder));
  const asked = values.label === undefined ? undefined : await readLabel(values.label, grid);
  const horizons = values.grid.filter(({ horizonMs }) => horizonMs !== undefined);
  const own = models.filter((model) => modelsOf(horizons, [model]).length === 0);
  const [first] = own.length > 0 ? own : await readBundledModels(grid);
  const label = asked ?? first?.manifest.label ?? completeLabelSpec({}, grid);
  const fault = labelGridFault(label, grid, "label");
  if (fault !== undefined) throw new UserError(`--model: ${fault}`);
  const { symbol, quality } = values;
  const grids = await Promise.all(values.grid.map((one) => furtherGrid(one, { grid, label }, models)));
  return { files: operands, symbol, config: { grid, label }, grids, models, quality, reading: readingOf(values) };
}

async function furtherGrid(
  { stepMs, source, horizonMs }: NamedGrid,
  { grid: own, label }: EngineConfig,
  models: readonly Artifact[],
): Promise<EngineConfig> {
  const grid = { ...gridConfig(stepMs, source), ...(horizonMs === undefined ? {} : { horizonMs }) };
  const isOwn = [gridName(own), gridName({ ...own, horizonMs: label.horizonSteps * own.stepMs })].includes(
    gridName(grid),
  );
  if (stepMs % own.stepMs !== 0 || isOwn) {
    throw new UserError(
      `--grid ${gridName(grid)}: needs a whole multiple of the step ${gridName(own)}, another source, or another horizon`,
    );
  }
  if (horizonMs !== undefined && horizonMs % stepMs !== 0) {
    throw new UserError(`--grid ${gridName(grid)}: needs a horizon of whole steps`);
  }
  const [champion] = horizonMs === undefined ? await readBundledModels(grid) : modelsOf([grid], models);
  return { grid, label: champion?.manifest.label ?? completeLabelSpec({}, grid) };
}

async function readLabel(spec: string, grid: GridConfig): Promise<LabelSpec> {
  try {
    const label = spec.trimStart().startsWith("{") ? spec : await readFile(spec, "utf8");
    return completeLabelSpec(JSON.parse(label), grid);
  } catch (error) {
    throw new UserError(`--label ${spec}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
