// POST /feedback: labels from outside, by the id of a prediction. Each label is accepted or refused on its own.
import * as v from "valibot";
import { SYMBOL_PATTERN } from "../features/symbol-name.ts";
import { FEEDBACK_BODY } from "./body-limits.ts";
import { contract } from "./contract.ts";
import { count, nullableString } from "./field-schema.ts";

/** Labels of one request at most. */
export const MAX_LABELS = 1000;

const EXPECTED_ID = "<symbol>:<step>:<12 hexadecimal digits> as /predict gave it";
const ID_FORM = new RegExp(`^${SYMBOL_PATTERN}:\\d{1,15}:[0-9a-f]{12}$`);
const EXPECTED_LABEL = "true or 1 for a spike, false or 0 for none";

/** A `prediction_id` with its parts. */
export interface PredictionId {
  readonly id: string;
  readonly symbol: string;
  readonly step: number;
  /** First 12 digits of the model's SHA-256. */
  readonly sha12: string;
}

export const labelInput = v.object(
  {
    prediction_id: v.pipe(v.string(EXPECTED_ID), v.regex(ID_FORM, EXPECTED_ID), v.transform(splitId)),
    label: v.union([v.boolean(), v.picklist([0, 1])], EXPECTED_LABEL),
  },
  "an object with prediction_id and label",
);

export const FEEDBACK_OUTCOMES = [
  "accepted",
  "duplicate",
  "conflict",
  "unknown_model",
  "no_prediction",
  "expired",
  "malformed",
  "unknown_symbol",
  "failed",
] as const;

const labelResultSchema = v.object({
  prediction_id: v.pipe(nullableString, v.description("null when the label has none that can be read")),
  outcome: v.pipe(
    v.picklist(FEEDBACK_OUTCOMES),
    v.description("`duplicate`: the same label came before. `conflict`: another one came before, and stands"),
  ),
  detail: v.optional(v.string()),
});
export type LabelResult = v.InferOutput<typeof labelResultSchema>;

const feedbackAnswerSchema = v.object({
  accepted: count,
  duplicate: count,
  refused: count,
  results: v.pipe(v.array(labelResultSchema), v.description("One per label, in order")),
});

const EXAMPLE_ANSWER = {
  accepted: 1,
  duplicate: 0,
  refused: 0,
  results: [{ prediction_id: "BTC-USD:1764979200:3f1c0a9be27d", outcome: "accepted" }],
};
const EXAMPLE_REFUSED = {
  accepted: 0,
  duplicate: 0,
  refused: 1,
  results: [
    {
      prediction_id: "BTC-USD:1764979200:3f1c0a9be27d",
      outcome: "expired",
      detail: "the prediction is older than what is kept: 24 h of steps",
    },
  ],
};

export const feedbackContract = contract({
  method: "post",
  path: "/feedback",
  tag: "Ticks",
  summary: "Takes labels",
  description:
    "What really happened after predictions, from a source that knows better than the ticks: up to 1,000 labels, as a " +
    "list or as one object. Refused labels do not keep valid ones out.",
  token: "INGEST_TOKEN",
  body: {
    schema: v.union([v.pipe(v.array(labelInput), v.maxLength(MAX_LABELS)), labelInput]),
    description: "One label, or a list of them",
    limits: FEEDBACK_BODY,
    inParts: true,
    example: [{ prediction_id: "BTC-USD:1764979200:3f1c0a9be27d", label: true }],
  },
  answer: {
    description: "What became of every label",
    schema: feedbackAnswerSchema,
    example: EXAMPLE_ANSWER,
  },
  errors: ["too_many_labels", "no_valid_label", "partly_failed"],
  problemMembers: {
    no_valid_label: { schema: feedbackAnswerSchema, example: EXAMPLE_REFUSED },
    partly_failed: { schema: feedbackAnswerSchema, example: EXAMPLE_ANSWER },
  },
});

/** A symbol may hold colons itself. */
function splitId(id: string): PredictionId {
  const parts = id.split(":");
  return { id, symbol: parts.slice(0, -2).join(":"), step: Number(parts.at(-2)), sha12: String(parts.at(-1)) };
}
