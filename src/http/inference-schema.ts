// The Open Inference Protocol under /v2: the server, its models, and which are there. Inference itself is in
// infer-schema.ts.
import * as v from "valibot";
import { contract } from "./contract.ts";
import { booleanInput } from "./field-schema.ts";

export const VERSION_EXAMPLE = "3f1c0a9be27d58c6417e0fb2a9d3c8517e6b04a1f92d3c85b7064e1a9fd2c380";

/** `errorForm`, tag and token of every route here but those of health. */
export const INFERENCE_ROUTE = { tag: "Inference", errorForm: "inference", token: "READ_TOKEN" } as const;

const modelName = v.pipe(
  v.string(),
  v.description("An alias or the name in a manifest; `name@grid` for a model of a further grid"),
);
const modelVersion = v.pipe(v.string(), v.description("SHA-256 of the artifact"));
export const modelParams = v.object({ model: modelName });
export const versionParams = v.object({ model: modelName, version: modelVersion });
export const MODEL_EXAMPLE = { model: "champion" };
export const MODEL_VERSION_EXAMPLE = { model: "champion", version: VERSION_EXAMPLE };

const SEVERAL_VERSIONS = "The version that the path names.";
const ONE_VERSION = "The version that serves under this name; of several, the one whose alias comes first.";

export const serverContract = contract({
  method: "get",
  path: "/v2",
  tag: "Inference",
  errorForm: "inference",
  summary: "Metadata of the server",
  description:
    "`binary_tensor_data` is the extension of that name; of the extension `model_repository` there is the index alone, " +
    "because artifacts are loaded by their aliases.",
  answer: {
    description: "The server",
    schema: v.object({ name: v.string(), version: v.string(), extensions: v.array(v.string()) }),
    example: { name: "volgate", version: "0.1.0", extensions: ["binary_tensor_data", "model_repository(index)"] },
  },
  errors: [],
});

export const serverLiveContract = contract({
  method: "get",
  path: "/v2/health/live",
  tag: "Inference",
  errorForm: "inference",
  summary: "Whether the server runs",
  description: "Asks nothing and always answers 200, as `/health/live`.",
  answer: {
    description: "It runs",
    schema: v.object({ live: v.literal(true) }),
    example: { live: true },
  },
  errors: [],
});

export const serverReadyContract = contract({
  method: "get",
  path: "/v2/health/ready",
  tag: "Inference",
  errorForm: "inference",
  summary: "Whether the server takes requests",
  description: "As `/health/ready`. The protocol's document names `live` here; clients read `ready`.",
  answer: {
    description: "Ready",
    schema: v.object({ live: v.literal(true), ready: v.literal(true) }),
    example: { live: true, ready: true },
  },
  errors: ["rate_limited", "not_ready"],
});

const tensorSchema = v.object({
  name: v.string(),
  datatype: v.literal("FP32"),
  shape: v.pipe(v.array(v.pipe(v.number(), v.integer())), v.description("−1 is the number of rows")),
});

const modelSchema = v.object({
  name: v.pipe(v.string(), v.description("As the request named it")),
  versions: v.pipe(v.array(v.string()), v.description("Those that serve under this name, the default one first")),
  platform: v.literal("onnx_onnxv1"),
  inputs: v.array(tensorSchema),
  outputs: v.array(tensorSchema),
  properties: v.pipe(
    v.object({
      features: v.pipe(v.string(), v.description("Names of the input's columns in their order, separated by commas")),
      row: v.pipe(v.string(), v.description("The feature row that they are of: see docs/features.md")),
      model: v.pipe(v.string(), v.description("The manifest's name")),
      model_version: v.pipe(v.string(), v.description("The manifest's version")),
      family: v.string(),
      threshold: v.pipe(v.string(), v.description("From which probability it alerts")),
      horizon_steps: v.string(),
      evidence: v.string(),
      stand_in: v.pipe(v.string(), v.description("`true` while it serves in place of the registry's artifact")),
    }),
    v.description("Texts about the version"),
  ),
});

const MODEL_ANSWER = {
  description: "The model",
  schema: modelSchema,
  example: {
    name: "champion",
    versions: [VERSION_EXAMPLE],
    platform: "onnx_onnxv1",
    inputs: [{ name: "features", datatype: "FP32", shape: [-1, 2] }],
    outputs: [{ name: "probability", datatype: "FP32", shape: [-1, 1] }],
    properties: {
      features: "rv_60_over_tau,ewma_60_over_tau",
      row: "default-1",
      model: "logistic",
      model_version: "2025.11",
      family: "logistic",
      threshold: "0.2416",
      horizon_steps: "60",
      evidence: "recorded",
      stand_in: "false",
    },
  },
} as const;
const MODEL_ERRORS = ["unknown_model", "model_not_ready"] as const;

export const modelContract = contract({
  ...INFERENCE_ROUTE,
  method: "get",
  path: "/v2/models/:model",
  summary: "Metadata of a model",
  description: ONE_VERSION,
  params: modelParams,
  parameterExamples: MODEL_EXAMPLE,
  answer: MODEL_ANSWER,
  errors: MODEL_ERRORS,
});

export const modelVersionContract = contract({
  ...INFERENCE_ROUTE,
  method: "get",
  path: "/v2/models/:model/versions/:version",
  summary: "Metadata of a version of a model",
  description: SEVERAL_VERSIONS,
  params: versionParams,
  parameterExamples: MODEL_VERSION_EXAMPLE,
  answer: MODEL_ANSWER,
  errors: [...MODEL_ERRORS, "unknown_version"],
});

const READY_ANSWER = {
  description: "It serves",
  schema: v.object({ name: v.string(), ready: v.literal(true) }),
  example: { name: "champion", ready: true },
} as const;

export const modelReadyContract = contract({
  ...INFERENCE_ROUTE,
  method: "get",
  path: "/v2/models/:model/ready",
  summary: "Whether a model serves",
  description: ONE_VERSION,
  params: modelParams,
  parameterExamples: MODEL_EXAMPLE,
  answer: READY_ANSWER,
  errors: MODEL_ERRORS,
});

export const versionReadyContract = contract({
  ...INFERENCE_ROUTE,
  method: "get",
  path: "/v2/models/:model/versions/:version/ready",
  summary: "Whether a version of a model serves",
  description: SEVERAL_VERSIONS,
  params: versionParams,
  parameterExamples: MODEL_VERSION_EXAMPLE,
  answer: READY_ANSWER,
  errors: [...MODEL_ERRORS, "unknown_version"],
});

export const repositoryIndexContract = contract({
  ...INFERENCE_ROUTE,
  method: "post",
  path: "/v2/repository/index",
  summary: "Every model under each of its names",
  description:
    "Those of further grids too. `UNAVAILABLE` is an artifact that holds an alias and was refused: `reason` says why. " +
    "`load` and `unload` are not offered: `PUT /admin/aliases/:alias` loads an artifact everywhere.",
  body: {
    schema: v.object({
      ready: v.pipe(v.optional(booleanInput, false), v.description("Whether to name only those that serve")),
    }),
    description: "Which to name",
    optional: true,
    example: { ready: true },
  },
  answer: {
    description: "The models",
    schema: v.array(
      v.object({
        name: v.string(),
        version: v.string(),
        state: v.picklist(["READY", "UNAVAILABLE"]),
        reason: v.pipe(v.string(), v.description("Empty for one that serves")),
      }),
    ),
    example: [{ name: "champion", version: VERSION_EXAMPLE, state: "READY", reason: "" }],
  },
  errors: ["ready_malformed"],
});
