// GET /experiment: how the challenger does against the champion, for readers.
import * as v from "valibot";
import { changeSchema, WITHHELD } from "./aliases-schema.ts";
import { contract } from "./contract.ts";
import {
  comparisonEntries,
  REPORT_EXAMPLE,
  reportEntries,
  VERDICT_EXAMPLE,
  verdictEntries,
} from "./experiment-schema.ts";
import { count, gridQuery, nullableNumber, time } from "./field-schema.ts";
import { WATCH_EXAMPLE, watchEntries } from "./watch-schema.ts";

const pathPoint = v.object({
  to: v.pipe(time, v.description("The end of the block of time")),
  blocks: count,
  e_value: v.pipe(nullableNumber, v.description("null: larger than the largest number; see `log_e`")),
  log_e: v.number(),
});

const experimentReadingSchema = v.object({
  ...reportEntries,
  comparison: v.nullable(
    v.object({
      ...comparisonEntries,
      pooled: v.object({
        ...verdictEntries,
        path: v.pipe(
          v.array(pathPoint),
          v.maxLength(500),
          v.description("How the evidence grew, oldest first: every block at first, later fewer of the older ones"),
        ),
      }),
    }),
  ),
  ...watchEntries,
  changes: v.pipe(v.array(changeSchema), v.description("The last 20 of `GET /admin/history`, newest first")),
  withheld: v.pipe(v.array(v.string()), v.description("What is shown to who bears `ADMIN_TOKEN` alone")),
});
export type ExperimentReading = v.InferOutput<typeof experimentReadingSchema>;

export const experimentReadingContract = contract({
  method: "get",
  path: "/experiment",
  tag: "Experiment",
  summary: "How the challenger does against the champion, for readers",
  description:
    "`GET /admin/experiment` with the path of the e value, how the champion does against its predecessor and the " +
    "strongest baseline, and the last changes. Who changed something, and why, is left " +
    "out unless the request bears `ADMIN_TOKEN`. An isolate keeps its answer for `READ_CACHE_MS`.",
  token: "READ_TOKEN",
  query: gridQuery,
  answer: {
    description: "The report",
    schema: experimentReadingSchema,
    example: {
      ...REPORT_EXAMPLE,
      comparison: {
        ...REPORT_EXAMPLE.comparison,
        pooled: {
          ...VERDICT_EXAMPLE,
          path: [{ to: "2025-12-06T09:15:00.000Z", blocks: 41, e_value: 3.1, log_e: 1.1314 }],
        },
      },
      ...WATCH_EXAMPLE,
      changes: [],
      withheld: [WITHHELD],
    },
  },
  errors: ["unknown_grid"],
});
