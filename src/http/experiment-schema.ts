// /admin/experiment: what an experiment's settings are, and what its report says.
import * as v from "valibot";
import { settingsChangeSchema } from "../durable/registry/experiment.ts";
import { BASELINE_ALIASES } from "../model/manifest.ts";
import { REFUSAL_CODES } from "../model/refusal-code.ts";
import { RECALIBRATION_MODES } from "../recalibration/recalibration-mode.ts";
import { contract, type ProblemMembers } from "./contract.ts";
import {
  gridQuery,
  booleanInput,
  count,
  nullableFigure,
  nullableNumber,
  nullableString,
  sha256Input,
  textInput,
  time,
} from "./field-schema.ts";

const EXPECTED_FORCE = "an object with by and reason";

/** What an artifact can be given: champion, challenger, the scorer of rows, and the baselines. */
export const GIVEN_ALIAS_NAMES = ["champion", "challenger", "rows", ...BASELINE_ALIASES] as const;
/** What holds a model. A champion that is replaced becomes predecessor by itself. */
export const ALIAS_NAMES = ["champion", "challenger", "predecessor", "rows", ...BASELINE_ALIASES] as const;

/** What an operator may choose of an experiment. */
export const settingsEntries = settingsChangeSchema.entries;

/** Who promotes against the gate, and why. */
export const forceInput = v.object({ by: textInput, reason: textInput }, EXPECTED_FORCE);
export type Force = v.InferOutput<typeof forceInput>;

export const causeEntries = { by: v.exactOptional(textInput), reason: v.exactOptional(textInput) };

const experimentEntries = {
  id: v.string(),
  mode: v.picklist(["shadow", "split"]),
  share: v.number(),
  auto: v.boolean(),
  champion: v.string(),
  challenger: v.string(),
  started_at: time,
  tries: v.pipe(
    count,
    v.description("Comparisons with this champion so far, this one included: each needs more evidence"),
  ),
};
export const experimentSchema = v.object(experimentEntries);
export type ExperimentAnswer = v.InferOutput<typeof experimentSchema>;

export const verdictEntries = {
  verdict: v.picklist(["promote", "wait"]),
  missing: v.pipe(v.array(v.string()), v.description("What is not there yet, with its figure")),
  blocks: count,
  rows: count,
  positives: count,
  episodes: count,
  lambda: v.pipe(v.number(), v.description("The stake on the next block: a share of what the block can gain")),
  e_value: v.number(),
  log_e: v.number(),
  mean_gain: v.pipe(nullableFigure, v.description("Mean Brier gain of the challenger; null below two blocks")),
  needs: v.object({ e_value: v.number(), episodes: count }),
};
export const verdictSchema = v.object(verdictEntries);
export type VerdictAnswer = v.InferOutput<typeof verdictSchema>;

const backfilledSchema = v.pipe(
  v.nullable(v.object({ blocks: count, from: time, to: time })),
  v.description("Blocks that come from the archive; null for none"),
);

export const comparisonEntries = {
  pooled: verdictSchema,
  symbols: v.array(
    v.object({
      symbol: v.string(),
      answered: v.object({ champion: count, challenger: count }),
      backfilled: backfilledSchema,
      live_from: v.pipe(v.nullable(time), v.description("Begin of the first block that was compared live")),
      archive_to: v.pipe(
        v.nullable(time),
        v.description("End of the last block that a backfill may have: later ones count live; null for no limit yet"),
      ),
      ...verdictEntries,
    }),
  ),
  unanswered: v.array(v.string()),
  other_pair: v.array(v.string()),
};

export const reportEntries = {
  experiment: v.nullable(experimentSchema),
  code: v.picklist(["no_experiment", "not_serving", "label_specs_differ", "wait", "gate_refused", "promote"]),
  missing: v.array(v.string()),
  effective_share: v.pipe(nullableNumber, v.description("The challenger's share of the answered steps")),
  gate_reasons: v.nullable(v.array(v.string())),
  comparison: v.nullable(v.object(comparisonEntries)),
};
export const experimentReportSchema = v.object(reportEntries);
export type ExperimentReportAnswer = v.InferOutput<typeof experimentReportSchema>;

export const evaluationSchema = v.object({
  promoted: v.boolean(),
  not_promoted: v.pipe(nullableString, v.description("Why a due promotion was not made")),
  ...reportEntries,
});

const promotionSchema = v.object({
  alias: v.literal("champion"),
  sha256: v.string(),
  serving: v.boolean(),
  forced: v.boolean(),
  ...reportEntries,
});

const CHAMPION = "3f1c0a9be27d58c6417e0fb2a9d3c8517e6b04a1f92d3c85b7064e1a9fd2c380";
const CHALLENGER = "b07d9a44c1e2f3a5968d7c0e1b2a3f4d5c6b7a8990f1e2d3c4b5a69788f7e6d5";
const EXPERIMENT = {
  id: "3-3f1c0a9b-b07d9a44",
  mode: "split",
  share: 0.1,
  auto: false,
  champion: CHAMPION,
  challenger: CHALLENGER,
  started_at: "2025-12-05T08:00:00.000Z",
  tries: 1,
};
export const VERDICT_EXAMPLE = {
  verdict: "wait",
  missing: ["e_value: 3.1, needs 20"],
  blocks: 41,
  rows: 36_200,
  positives: 3901,
  episodes: 33,
  lambda: 0.42,
  e_value: 3.1,
  log_e: 1.1314,
  mean_gain: { value: 0.0009, low: -0.0002, high: 0.002 },
  needs: { e_value: 20, episodes: 30 },
};
export const REPORT_EXAMPLE = {
  experiment: EXPERIMENT,
  code: "wait",
  missing: ["e_value: 3.1, needs 20"],
  effective_share: 0.0987,
  gate_reasons: [],
  comparison: {
    pooled: VERDICT_EXAMPLE,
    symbols: [
      {
        symbol: "BTC-USD",
        answered: { champion: 32_600, challenger: 3570 },
        backfilled: { blocks: 30, from: "2025-12-05T00:30:00.000Z", to: "2025-12-05T08:15:00.000Z" },
        live_from: "2025-12-05T08:00:00.000Z",
        archive_to: "2025-12-05T08:45:00.000Z",
        ...VERDICT_EXAMPLE,
      },
    ],
    unanswered: [],
    other_pair: [],
  },
};

/** What `not_shown_better` brings. */
export const notShownBetter = {
  schema: v.object({
    reasons: v.array(v.string()),
    lacks: v.array(v.string()),
    mean_gain: nullableFigure,
    report: experimentReportSchema,
  }),
  example: { reasons: ["not_shown_better"], lacks: ["episodes: 4, needs 10"], mean_gain: null, report: REPORT_EXAMPLE },
} satisfies ProblemMembers;

/** What `gate_refused` brings. */
export const gateRefused = {
  schema: v.object({ reasons: v.array(v.string()) }),
  example: { reasons: ["too_few_episodes 8 of 10"] },
} satisfies ProblemMembers;

/** Why an artifact cannot serve. */
export const ARTIFACT_ERRORS = REFUSAL_CODES.map((code) => `artifact_${code}` as const);

export const experimentReportContract = contract({
  method: "get",
  path: "/admin/experiment",
  tag: "Experiment",
  summary: "How the challenger does against the champion",
  description:
    "`code` is `no_experiment`; `not_serving` (an artifact of it is refused or still loading); `label_specs_differ` " +
    "(figures under different labels must not be compared); `wait` (also while more than a fifth of the symbols are " +
    "missing); `gate_refused` (the rule would promote, the artifact's own gate says no); or `promote`.",
  token: "ADMIN_TOKEN",
  query: gridQuery,
  answer: {
    description: "The report",
    schema: v.object({
      ...reportEntries,
      recalibration: v.pipe(
        v.picklist(RECALIBRATION_MODES),
        v.description(
          "`RECALIBRATION` of this deployment: with `on` what is compared is recalibrated once that is proven",
        ),
      ),
    }),
    example: { ...REPORT_EXAMPLE, recalibration: "on" },
  },
  errors: ["unknown_grid"],
});

export const experimentSettingsContract = contract({
  method: "put",
  path: "/admin/experiment",
  tag: "Experiment",
  summary: "Changes the settings of the running experiment",
  token: "ADMIN_TOKEN",
  query: gridQuery,
  body: {
    schema: v.strictObject({ ...settingsEntries, ...causeEntries, force: v.exactOptional(forceInput) }),
    description:
      "At least one of `mode`, `share` and `auto`. `force` overrules the gate of a challenger under `split`.",
    example: { mode: "split", share: 0.1, by: "ada", reason: "first look" },
  },
  answer: { description: "The experiment as it is now", schema: v.nullable(experimentSchema), example: EXPERIMENT },
  errors: [
    "unknown_grid",
    "field_unknown",
    "mode_malformed",
    "share_malformed",
    "auto_malformed",
    "by_malformed",
    "reason_malformed",
    "force_malformed",
    "nothing_to_change",
    "no_experiment",
    "experiment_changed",
    "gate_refused",
    ...ARTIFACT_ERRORS,
  ],
  problemMembers: { gate_refused: gateRefused },
});

export const evaluateContract = contract({
  method: "post",
  path: "/admin/experiment/evaluate",
  tag: "Experiment",
  summary: "Judges the experiment now, as the cron trigger does",
  token: "ADMIN_TOKEN",
  query: gridQuery,
  answer: {
    description: "The report, and whether the rule promoted",
    schema: evaluationSchema,
    example: { promoted: false, not_promoted: null, ...REPORT_EXAMPLE },
  },
  errors: ["unknown_grid"],
});

export const promoteContract = contract({
  method: "post",
  path: "/admin/experiment/promote",
  tag: "Experiment",
  summary: "Makes the challenger champion",
  token: "ADMIN_TOKEN",
  query: gridQuery,
  body: {
    schema: v.strictObject({
      by: textInput,
      reason: textInput,
      force: v.exactOptional(booleanInput),
      sha256: v.exactOptional(sha256Input),
    }),
    description:
      "Who promotes and why. `force` promotes a challenger that is not shown better. With `sha256` only that challenger " +
      "is promoted: one that took its place meanwhile is refused with `experiment_changed`.",
    example: { by: "ada", reason: "better for two weeks", sha256: CHALLENGER },
  },
  answer: {
    description: "Who is champion now, and the report that this stood on",
    schema: promotionSchema,
    example: { alias: "champion", sha256: CHALLENGER, serving: true, forced: false, ...REPORT_EXAMPLE },
  },
  errors: [
    "unknown_grid",
    "field_unknown",
    "by_malformed",
    "reason_malformed",
    "force_malformed",
    "sha256_malformed",
    "no_experiment",
    "experiment_changed",
    "not_auto",
    "not_shown_better",
    "gate_refused",
    ...ARTIFACT_ERRORS,
  ],
  problemMembers: { not_shown_better: notShownBetter, gate_refused: gateRefused },
});
