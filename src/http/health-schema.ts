// GET /health and /version: whether the gateway can answer, and with which models.
import * as v from "valibot";
import { REFUSAL_CODES } from "../model/refusal-code.ts";
import { contract } from "./contract.ts";
import { count, nullableString, time } from "./field-schema.ts";

const servedModelSchema = v.object({
  name: v.string(),
  version: v.string(),
  family: v.string(),
  row: v.string(),
  sha256: v.string(),
  sealed: v.pipe(
    v.boolean(),
    v.description(
      "Whether the ONNX file names its manifest's decision; if not, a changed threshold could not be noticed: train or " +
        "import it again",
    ),
  ),
});
export type ServedModelAnswer = v.InferOutput<typeof servedModelSchema>;

const healthSchema = v.object({
  status: v.picklist(["healthy", "degraded"]),
  timestamp: time,
  model_loaded: v.pipe(v.boolean(), v.description("Whether a champion serves")),
  kafka_connected: v.pipe(v.literal(false), v.description("There is no Kafka; clients of the service before ask")),
  models: v.pipe(v.record(v.string(), v.nullable(servedModelSchema)), v.description("By alias")),
  model_swaps: count,
  refused_artifacts: v.array(
    v.object({
      alias: v.string(),
      sha256: v.string(),
      code: v.picklist(REFUSAL_CODES),
      message: v.string(),
      at: time,
    }),
  ),
  runtime_error: nullableString,
  notices: v.pipe(
    v.array(
      v.object({
        symbol: v.string(),
        code: v.picklist(["snapshot_rebuilt", "slots_unreadable"]),
        message: v.string(),
        at: time,
      }),
    ),
    v.description("What an operator should look at"),
  ),
});

const versionSchema = v.object({
  model: nullableString,
  sha: v.pipe(nullableString, v.description("The commit that the champion was trained from")),
  version: nullableString,
  model_variant: v.nullable(v.literal("ml")),
  model_path: nullableString,
});

const SHA256 = "3f1c0a9be27d58c6417e0fb2a9d3c8517e6b04a1f92d3c85b7064e1a9fd2c380";

export const healthContract = contract({
  method: "get",
  path: "/health",
  tag: "Operations",
  summary: "Whether the gateway can answer",
  answer: {
    description: "A champion serves",
    also: { 503: "No champion serves" },
    schema: healthSchema,
    example: {
      status: "healthy",
      timestamp: "2025-12-06T00:00:01.412Z",
      model_loaded: true,
      kafka_connected: false,
      models: {
        champion: {
          name: "logistic",
          version: "2025.11",
          family: "logistic",
          row: "default-1",
          sha256: SHA256,
          sealed: true,
        },
        challenger: null,
      },
      model_swaps: 0,
      refused_artifacts: [],
      runtime_error: null,
      notices: [],
    },
  },
  errors: [],
});

export const versionContract = contract({
  method: "get",
  path: "/version",
  tag: "Operations",
  summary: "Which model is champion",
  answer: {
    description: "The champion",
    schema: versionSchema,
    example: {
      model: "logistic",
      sha: "c0ffee1",
      version: "2025.11",
      model_variant: "ml",
      model_path: `models/${SHA256}/model.onnx`,
    },
  },
  errors: [],
});
