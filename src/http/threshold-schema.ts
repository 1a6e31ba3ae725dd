// PUT /admin/aliases/:alias/threshold: from which probability a served model alerts.
import * as v from "valibot";
import { ALIAS_NAMES, ARTIFACT_ERRORS } from "./experiment-schema.ts";
import { contract } from "./contract.ts";
import { gridQuery, nullableNumber, nullableString, textInput, time } from "./field-schema.ts";

const pointSchema = v.object({
  goal: v.string(),
  threshold: v.number(),
  precision: nullableNumber,
  recall: nullableNumber,
  alert_rate: v.number(),
});

/** A threshold in place of the manifest's, in `GET /admin/aliases`. */
export const chosenThresholdSchema = v.object({
  sha256: v.string(),
  threshold: v.number(),
  goal: v.string(),
  manifest_threshold: v.number(),
  at: time,
  by: nullableString,
  reason: nullableString,
});

const EXPECTED_THRESHOLD = "a number from 0 to 1";

const SHA256 = "b07d9a44c1e2f3a5968d7c0e1b2a3f4d5c6b7a8990f1e2d3c4b5a69788f7e6d5";
const POINTS = [
  { goal: "max F1", threshold: 0.2416, precision: 0.41, recall: 0.55, alert_rate: 0.061 },
  { goal: "recall at least 0.8", threshold: 0.1127, precision: 0.24, recall: 0.8, alert_rate: 0.152 },
];

const operatingPoints = v.pipe(
  v.array(pointSchema),
  v.description("What the manifest allows, with the outcome on the out-of-fold rows of training"),
);

export const thresholdContract = contract({
  method: "put",
  path: "/admin/aliases/:alias/threshold",
  tag: "Aliases",
  summary: "Changes the threshold of a served model",
  description:
    "To one of the operating points of its manifest, by `goal` or by `threshold`. It holds until another artifact holds " +
    "the alias; the manifest's own threshold ends it, and with `THRESHOLD_FOLLOWS=on` lets each symbol's follow again " +
    "(`follows`). Live precision, recall and confusion count all kept steps at the " +
    "new threshold, also those that were predicted before.",
  token: "ADMIN_TOKEN",
  params: v.object({ alias: v.picklist(ALIAS_NAMES, `one of ${ALIAS_NAMES.join(", ")}`) }),
  parameterExamples: { alias: "champion" },
  query: gridQuery,
  body: {
    schema: v.strictObject({
      goal: v.exactOptional(textInput),
      threshold: v.exactOptional(
        v.pipe(v.number(EXPECTED_THRESHOLD), v.minValue(0, EXPECTED_THRESHOLD), v.maxValue(1, EXPECTED_THRESHOLD)),
      ),
      by: textInput,
      reason: textInput,
    }),
    description: "Exactly one of `goal` and `threshold`, who asks, and why",
    example: { goal: "recall at least 0.8", by: "ada", reason: "two spikes were missed" },
  },
  answer: {
    description: "The threshold from now on",
    schema: v.object({
      alias: v.picklist(ALIAS_NAMES),
      sha256: v.string(),
      goal: v.string(),
      threshold: v.number(),
      manifest_threshold: v.number(),
      follows: v.pipe(
        v.boolean(),
        v.description(
          "Whether symbols alert by thresholds that follow their labels, and not by this one: the manifest's own holds " +
            "nothing where `THRESHOLD_FOLLOWS` is on",
        ),
      ),
      serving: v.pipe(
        v.boolean(),
        v.description("Whether the isolate that answered serves it already; others follow in 10 s"),
      ),
      operating_points: operatingPoints,
    }),
    example: {
      alias: "champion",
      sha256: SHA256,
      goal: "recall at least 0.8",
      threshold: 0.1127,
      manifest_threshold: 0.2416,
      follows: false,
      serving: true,
      operating_points: POINTS,
    },
  },
  errors: [
    "unknown_grid",
    "unknown_alias",
    "field_unknown",
    "goal_malformed",
    "threshold_malformed",
    "goal_or_threshold",
    "by_malformed",
    "reason_malformed",
    "no_experiment",
    "no_operating_points",
    "not_an_operating_point",
    "alias_changed",
    ...ARTIFACT_ERRORS,
  ],
  problemMembers: {
    not_an_operating_point: {
      schema: v.object({ operating_points: operatingPoints }),
      example: { operating_points: POINTS },
    },
  },
  codeOfFault: ({ path: [field] }) => (field === "alias" ? "unknown_alias" : undefined),
});
