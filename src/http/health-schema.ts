// GET /health and /version: whether the gateway can answer, and with which models.
import * as v from "valibot";
import { NOTICE_CODES } from "../durable/registry/notice-codes.ts";
import { HEALTH_REASON_CODES } from "../health/health-reasons.ts";
import { REFUSAL_CODES } from "../model/refusal-code.ts";
import { contract } from "./contract.ts";
import { count, evidenceAnswer, nullableString, time } from "./field-schema.ts";

const servedModelSchema = v.object({
  name: v.string(),
  version: v.string(),
  family: v.string(),
  row: v.string(),
  sha256: v.string(),
  threshold: v.pipe(v.number(), v.description("From which probability it alerts")),
  evidence: evidenceAnswer,
  stand_in: v.pipe(v.boolean(), v.description("Whether it serves in place of the model that the registry names")),
  sealed: v.pipe(
    v.boolean(),
    v.description(
      "Whether the ONNX file names its manifest's decision; if not, a changed threshold could not be noticed: train or " +
        "import it again",
    ),
  ),
});
export type ServedModelAnswer = v.InferOutput<typeof servedModelSchema>;

const reasonCode = v.pipe(
  v.picklist(HEALTH_REASON_CODES),
  v.description("What each means is in docs/operations/health.md"),
);

const reasonSchema = v.object({
  code: reasonCode,
  meaning: v.string(),
  count: v.pipe(count, v.description("Symbols or aliases; 1 for the whole gateway")),
  subjects: v.pipe(v.array(v.string()), v.description("Ten of them at most")),
  message: v.pipe(v.string(), v.description("The newest error")),
  since: time,
  last_seen: time,
});

export const healthSchema = v.object({
  status: v.pipe(v.picklist(["healthy", "degraded"]), v.description("`healthy` when there is no reason")),
  ready: v.pipe(v.boolean(), v.description("Whether ticks are taken and the models are those that the registry names")),
  reasons: v.pipe(v.array(reasonSchema), v.description("Why it is degraded")),
  timestamp: time,
  model_loaded: v.pipe(v.boolean(), v.description("Whether a champion serves in the isolate that answers")),
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
  isolates: v.pipe(count, v.description("Isolates that reported in the last six minutes, those of the objects too")),
  serving: v.pipe(
    v.array(
      v.object({
        alias: v.string(),
        version: v.string(),
        sha256: v.string(),
        stand_in: v.boolean(),
        evidence: evidenceAnswer,
        isolates: count,
      }),
    ),
    v.description("Which models they serve"),
  ),
  notices: v.pipe(
    v.array(
      v.object({
        symbol: v.string(),
        code: v.picklist(NOTICE_CODES),
        message: v.string(),
        at: time,
      }),
    ),
    v.description("What an operator should look at"),
  ),
});

const gridNames = v.pipe(
  v.array(v.string()),
  v.description("Names of the grids and horizons of every symbol, the default one first"),
);

const versionSchema = v.object({
  model: nullableString,
  sha: v.pipe(nullableString, v.description("The gateway's own commit; null when it was built outside a git checkout")),
  version: v.pipe(nullableString, v.description("The champion's version")),
  gateway_version: v.string(),
  model_commit: v.pipe(nullableString, v.description("The commit of the code that trained the champion")),
  model_variant: v.nullable(v.literal("ml")),
  model_path: nullableString,
  step_ms: v.pipe(count, v.description("Grid step of new symbols")),
  grids: gridNames,
});

const SHA256 = "3f1c0a9be27d58c6417e0fb2a9d3c8517e6b04a1f92d3c85b7064e1a9fd2c380";

export const healthContract = contract({
  method: "get",
  path: "/health",
  tag: "Operations",
  summary: "Whether the gateway works, and what does not",
  description:
    "All that is known, for people and monitors: what every isolate of the gateway reported in the last six minutes. It " +
    "asks no symbol. A fault ends when what failed works again, or when nothing has confirmed it for six minutes. Load " +
    "balancers ask `/health/ready`.",
  answer: {
    description: "A champion serves",
    also: { 503: "No champion serves" },
    schema: healthSchema,
    example: {
      status: "degraded",
      ready: true,
      reasons: [
        {
          code: "archive_failed",
          meaning: "Ticks could not be written to the archive; they wait.",
          count: 2,
          subjects: ["BTC-USD", "ETH-USD"],
          message: "12.4 MB wait; Error: put: internal error (10001)",
          since: "2025-12-05T23:41:12.030Z",
          last_seen: "2025-12-06T00:00:00.911Z",
        },
      ],
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
          threshold: 0.2416,
          evidence: "recorded",
          stand_in: false,
          sealed: true,
        },
        challenger: null,
      },
      model_swaps: 0,
      refused_artifacts: [],
      runtime_error: null,
      isolates: 3,
      serving: [
        { alias: "champion", version: "2025.11", sha256: SHA256, stand_in: false, evidence: "recorded", isolates: 3 },
      ],
      notices: [],
    },
  },
  errors: ["rate_limited"],
});

export const liveContract = contract({
  method: "get",
  path: "/health/live",
  tag: "Operations",
  summary: "Whether the Worker runs",
  description: "Asks nothing and always answers 200: who restarts or pages on it learns of an outage, not of a fault.",
  answer: {
    description: "It runs",
    schema: v.object({ status: v.literal("alive") }),
    example: { status: "alive" },
  },
  errors: [],
});

export const readyContract = contract({
  method: "get",
  path: "/health/ready",
  tag: "Operations",
  summary: "Whether to send requests here",
  description:
    "For load balancers. 503 while no champion serves, while its models are stand-ins because the registry or the bucket " +
    "does not answer, while no bucket of the directory answers, or while no batch of any symbol is taken. Other reasons of " +
    "`/health` leave it ready.",
  answer: {
    description: "Ready",
    also: { 503: "Not ready" },
    schema: v.object({ ready: v.boolean(), reasons: v.pipe(v.array(reasonCode), v.description("As in `/health`")) }),
    example: { ready: true, reasons: [] },
  },
  errors: ["rate_limited"],
});

export const versionContract = contract({
  method: "get",
  path: "/version",
  tag: "Operations",
  summary: "Which code answers, and which model is champion",
  answer: {
    description: "The gateway and its champion",
    schema: versionSchema,
    example: {
      model: "logistic",
      sha: "8eff8fe2a1b90c37d5e64f1a0b2c3d4e5f607182",
      version: "2025.11",
      gateway_version: "0.1.0",
      model_commit: "c0ffee1",
      model_variant: "ml",
      model_path: `models/${SHA256}/model.onnx`,
      step_ms: 1000,
      grids: ["1s", "1s-h300s"],
    },
  },
  errors: [],
});
