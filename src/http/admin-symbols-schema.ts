// /admin/symbols: removes a symbol, or makes it again from its archive.
import * as v from "valibot";
import { labelSpecSchema } from "../features/label-spec.ts";
import { contract } from "./contract.ts";
import { causeEntries } from "./experiment-schema.ts";
import { booleanInput, count } from "./field-schema.ts";
import { symbolParams } from "./symbols-schema.ts";

const CAUSE_ERRORS = ["field_unknown", "by_malformed", "reason_malformed", "symbol_malformed"] as const;

const removedSymbolSchema = v.object({
  symbol: v.string(),
  alerts_ended: v.pipe(count, v.description("Alerts of the symbol that fired")),
  archive_objects_deleted: count,
});

export const removeSymbolContract = contract({
  method: "delete",
  path: "/admin/symbols/:symbol",
  tag: "Symbols",
  summary: "Removes a symbol",
  description:
    "Removes its database, its name in the directory, its alerts and notices. What waits for the archive is archived " +
    "before. Stop its feed first: its next tick creates it again, with the windows that its archive fills. A removal that " +
    "failed half-way leaves the name: the same request finishes it.",
  token: "ADMIN_TOKEN",
  params: symbolParams,
  parameterExamples: { symbol: "BTC-USD" },
  body: {
    schema: v.strictObject({ archive: v.exactOptional(booleanInput), ...causeEntries }),
    description: "Whether its archive is deleted too, who asks and why",
    optional: true,
    example: { archive: true, by: "ada", reason: "mistyped" },
  },
  answer: {
    description: "What was removed",
    schema: removedSymbolSchema,
    example: { symbol: "BTC-USD", alerts_ended: 1, archive_objects_deleted: 12 },
  },
  errors: [
    ...CAUSE_ERRORS,
    "archive_malformed",
    "unknown_symbol",
    "archive_unavailable",
    "symbol_timeout",
    "symbol_failed",
  ],
});

const recreatedSymbolSchema = v.object({
  symbol: v.string(),
  label: labelSpecSchema,
  step_ms: count,
  ticks_from_archive: v.pipe(count, v.description("Ticks that filled the windows")),
  threshold_values: v.object({ have: count, need: count }),
});

export const recreateSymbolContract = contract({
  method: "post",
  path: "/admin/symbols/:symbol/recreate",
  tag: "Symbols",
  summary: "Makes a symbol again from its archive",
  description:
    "Under the present `STEP_MS` and `PRICE_SOURCE` and under `label`. Its windows are filled from its archive, to " +
    "which all that waits is written before; live quality, drift, feedback and the numbers of its producers begin anew.",
  token: "ADMIN_TOKEN",
  params: symbolParams,
  parameterExamples: { symbol: "BTC-USD" },
  body: {
    schema: v.strictObject({ label: v.exactOptional(v.looseObject({}, "an object")), ...causeEntries }),
    description:
      "`label` holds what differs from the default label spec; without it the symbol gets the label of a new one.",
    optional: true,
    example: { label: { windowSteps: 7200 }, by: "ada", reason: "longer window" },
  },
  answer: {
    description: "The symbol as it is now",
    schema: recreatedSymbolSchema,
    example: {
      symbol: "BTC-USD",
      label: {
        kind: "trailing-quantile",
        source: "last",
        measure: "rv",
        horizonSteps: 60,
        windowSteps: 7200,
        minCount: 900,
        quantile: 0.9,
      },
      step_ms: 1000,
      ticks_from_archive: 51_240,
      threshold_values: { have: 7200, need: 900 },
    },
  },
  errors: [
    ...CAUSE_ERRORS,
    "label_malformed",
    "unknown_symbol",
    "no_archive",
    "champion_unknown",
    "archive_unavailable",
    "symbol_timeout",
    "symbol_failed",
  ],
});
