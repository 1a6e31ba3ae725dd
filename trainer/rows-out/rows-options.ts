// The command line of `npm run volgate -- rows`.
import type { Command } from "../../command-line/command.ts";
import { featureRow } from "../../command-line/feature-row-type.ts";
import { inGroup, option } from "../../command-line/option.ts";
import { parseCommandLine } from "../../command-line/parse-command-line.ts";
import { READING_OPTIONS, readingOf } from "../../command-line/reading-options.ts";
import { recordingsOperand } from "../../command-line/recordings-operand.ts";
import { UserError } from "../../command-line/user-error.ts";
import { duration, text, valueType } from "../../command-line/value-types.ts";
import { ROW_NAMES } from "../../src/features/schema.ts";
import { DEFAULT_TICK_RULES } from "../../src/features/tick.ts";
import { parseConfig } from "../run/config.ts";
import { parseIsoTime } from "../run/iso-time.ts";
import { SETTINGS } from "../run/train-command.ts";
import type { WalkForwardStretches } from "./fold-grid.ts";
import { DAY_MS } from "./day-ms.ts";
import type { RowsPlan } from "./rows-plan.ts";

const TIME = valueType("ISO", "an ISO 8601 time", parseIsoTime);
/** A file holds a day: part of one would replace the whole. */
const DAY = valueType("DAY", "a UTC day like 2026-03-01", (value) => {
  const ms = parseIsoTime(value);
  return ms !== undefined && ms % DAY_MS === 0 ? ms : undefined;
});

const { symbol, step, source, label, persist, "quote-margin": quoteMargin } = SETTINGS;

export const ROWS_COMMAND = {
  name: "rows",
  call: "npm run volgate -- rows",
  about: `
Writes what the trainer learns from, for any trainer: a Parquet dataset DIR/symbol=…/date=…/part-0.parquet with a row
for each closed step: its features as the gateway hands them to a model, threshold, label, episode, and the folds of a
walk-forward with their purge. docs/rows.md has the columns.`,
  operands: recordingsOperand("They are merged in order of time, and read as a stream"),
  options: {
    ...inGroup("Data", {
      row: option(featureRow(ROW_NAMES), `features: ${ROW_NAMES.join(" or ")}`, { default: "default-1" }),
      ...{ symbol, step, source, label, "quote-margin": quoteMargin, persist },
    }),
    ...READING_OPTIONS,
    ...inGroup("Folds", {
      "test-from": option(TIME, "the first test stretch begins here; a time without a zone is UTC", {
        needs: ["fold-length"],
        otherwise: "no folds",
      }),
      "fold-length": option(duration(60_000), "length of each test stretch, as 1h or 1d", { needs: ["test-from"] }),
    }),
    ...inGroup("Part of the data", {
      from: option(DAY, "write the rows of this UTC day and later ones; what FILES hold before fills the windows", {
        otherwise: "all",
      }),
      to: option(DAY, "and none of this day or later ones; what FILES hold after decides the last labels", {
        otherwise: "all",
      }),
      state: option(
        text("DIR"),
        "go on from the states that a run up to --from has left in DIR, and leave those at --to: then FILES need hold " +
          "nothing before --from",
        { needs: ["to"] },
      ),
    }),
    ...inGroup("Served scores", {
      predictions: option(
        text("PATH"),
        "add what the gateway answered, from its archive of predictions: a folder, r2://BUCKET/predictions or " +
          "local://predictions",
      ),
    }),
    ...inGroup("Output", {
      out: option(text("DIR"), "where the dataset goes; files of the same days are replaced", { default: "rows" }),
    }),
  },
  notes: `
Days can be written side by side into one DIR: each run needs the FILES of its days, what fills its windows before
them, and a horizon and 300 steps after them, because a hole is closed by the tick after it. Given all FILES from the
first on, or the state of the day before, the parts equal the whole, byte for byte.

Exit codes: 0 done, 1 a bug, 2 a mistake in the call or in the data.`,
} satisfies Command;

export type RowsOptions = Omit<RowsPlan, "onProgress">;

/** Throws `UserError` naming the option, what came and what was expected. */
export function parseRowsOptions(args: readonly string[]): RowsOptions {
  const { values, operands } = parseCommandLine(ROWS_COMMAND, args);
  const { from: fromMs = -Infinity, to: toMs = Infinity } = values;
  if (!(fromMs < toMs)) throw new UserError("--from and --to: no day lies between them");
  const settings = { step: `${values.step}ms`, source: values.source, label: values.label };
  return {
    files: operands,
    out: values.out,
    row: values.row,
    symbol: values.symbol,
    persist: values.persist,
    reading: readingOf(values),
    predictions: values.predictions,
    state: values.state,
    quoteMarginPercent: values["quote-margin"] ?? DEFAULT_TICK_RULES.quoteMarginPercent,
    engine: parseConfig(settings).engine,
    walkForward: stretches(values["test-from"], values["fold-length"]),
    ...{ fromMs, toMs },
  };
}

function stretches(testFromMs: number | undefined, foldLengthMs: number | undefined): WalkForwardStretches | undefined {
  return testFromMs === undefined || foldLengthMs === undefined ? undefined : { testFromMs, foldLengthMs };
}
