// Schemas of valibot as JSON Schema 2020-12, which OpenAPI 3.1 takes.
import { toJsonSchema, toJsonSchemaDefs } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { labelSpecSchema } from "../features/label-spec.ts";
import { alertSchema } from "./alerts-schema.ts";
import { changeSchema } from "./aliases-schema.ts";
import { windowVerdictSchema } from "./drift-schema.ts";
import { experimentSchema, verdictSchema } from "./experiment-schema.ts";
import { figure } from "./field-schema.ts";
import { inferenceErrorSchema } from "./inference-error-schema.ts";
import { ingestAnswerSchema, stepTraceSchema, tickSchema } from "./ingest-schema.ts";
import { predictionSchema } from "./predict-schema.ts";
import { problemSchema } from "./problem-schema.ts";
import { modelQualitySchema } from "./quality-schema.ts";
import { rowInput, rowsAnswerSchema } from "./rows-schema.ts";

/** Any JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** Schemas that the document shows by name. */
const NAMED_SCHEMAS = {
  Problem: problemSchema,
  InferenceError: inferenceErrorSchema,
  Figure: figure,
  Tick: tickSchema,
  IngestAnswer: ingestAnswerSchema,
  StepTrace: stepTraceSchema,
  Prediction: predictionSchema,
  Row: rowInput,
  Rows: rowsAnswerSchema,
  LabelSpec: labelSpecSchema,
  ModelQuality: modelQualitySchema,
  WindowVerdict: windowVerdictSchema,
  Experiment: experimentSchema,
  Verdict: verdictSchema,
  Change: changeSchema,
  Alert: alertSchema,
};
/** One schema, in which those that have a name are references. */
export function jsonSchema(schema: v.GenericSchema, typeMode: "input" | "output"): Json {
  const converted = toJsonSchema(schema, { ...conversion(typeMode), definitions: NAMED_SCHEMAS });
  return Object.fromEntries(Object.entries(converted).filter(([key]) => key !== "$schema" && key !== "$defs"));
}

/** The schemas that have a name. */
export function namedJsonSchemas(): Json {
  return toJsonSchemaDefs(NAMED_SCHEMAS, conversion("output"));
}

function conversion(typeMode: "input" | "output"): Parameters<typeof toJsonSchemaDefs>[1] {
  return {
    target: "draft-2020-12",
    typeMode,
    // What JSON Schema cannot say is in the field's description.
    ignoreActions: ["check", "raw_check", "finite", "transform", "to_upper_case", "to_number"],
    // Readers of OpenAPI, Schemathesis among them, stumble over `prefixItems`.
    overrideSchema: ({ valibotSchema, jsonSchema }) => {
      const { prefixItems } = jsonSchema;
      if (valibotSchema.type !== "tuple" || prefixItems === undefined) return undefined;
      const { length } = prefixItems;
      return { type: "array", items: { anyOf: prefixItems }, minItems: length, maxItems: length };
    },
    overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
  };
}
