// POST …/infer of the Open Inference Protocol.
import * as v from "valibot";
import { crossCheck } from "../schemas/cross-check.ts";
import { INFER_BODY } from "./body-limits.ts";
import { type CodeOfFault, contract } from "./contract.ts";
import { booleanInput } from "./field-schema.ts";
import {
  INFERENCE_ROUTE,
  MODEL_EXAMPLE,
  MODEL_VERSION_EXAMPLE,
  modelParams,
  VERSION_EXAMPLE,
  versionParams,
} from "./inference-schema.ts";

const EXPECTED_LIST = "a list";
const EXPECTED_OBJECT = "an object";
const EXPECTED_TEXT = "a text";
const EXPECTED_SIZE = "a number of bytes";

/** Extensions that would change the answer: not to offer them must not look like an answer to them. */
function withoutExtension(name: string, extension: string) {
  return crossCheck((parameters: Readonly<Record<string, unknown>>) =>
    name in parameters
      ? { path: [name], got: "it", expected: `none: the extension ${extension} is not offered` }
      : undefined,
  );
}

const dimension = v.pipe(v.number(EXPECTED_SIZE), v.integer("a whole number"), v.minValue(0, "a number from 0"));

const inputParameters = v.pipe(
  v.looseObject(
    {
      binary_data_size: v.nullish(
        v.pipe(
          v.number(EXPECTED_SIZE),
          v.integer(EXPECTED_SIZE),
          v.minValue(0, EXPECTED_SIZE),
          v.description("Bytes behind the JSON, in place of `data`"),
        ),
      ),
    },
    EXPECTED_OBJECT,
  ),
  withoutExtension("shared_memory_region", "shared_memory"),
);

const requestInput = v.object(
  {
    name: v.pipe(v.string(EXPECTED_TEXT), v.description("The model's input, `features` of what is trained here")),
    shape: v.pipe(v.array(dimension, EXPECTED_LIST), v.description("[n, columns], n at most 1,000")),
    datatype: v.pipe(
      v.picklist(["FP32", "FP64"], "FP32 or FP64"),
      v.description("Of the bytes; numbers are rounded to FP32"),
    ),
    parameters: v.nullish(inputParameters),
    data: v.nullish(
      v.pipe(
        v.array(v.unknown(), EXPECTED_LIST),
        v.description("Finite numbers, flat or a list a row; null is a missing feature"),
      ),
    ),
  },
  EXPECTED_OBJECT,
);
export type RequestInput = v.InferOutput<typeof requestInput>;

const requestOutput = v.object(
  {
    name: v.string(EXPECTED_TEXT),
    parameters: v.nullish(
      v.pipe(
        v.looseObject(
          { binary_data: v.nullish(v.pipe(booleanInput, v.description("As bytes behind the JSON"))) },
          EXPECTED_OBJECT,
        ),
        withoutExtension("classification", "classification"),
        withoutExtension("shared_memory_region", "shared_memory"),
      ),
    ),
  },
  EXPECTED_OBJECT,
);

export const inferRequestSchema = v.object({
  id: v.nullish(v.pipe(v.string(EXPECTED_TEXT), v.description("Comes back in the answer"))),
  parameters: v.nullish(
    v.looseObject(
      {
        binary_data_output: v.nullish(
          v.pipe(booleanInput, v.description("All outputs as bytes, but those that say otherwise")),
        ),
      },
      EXPECTED_OBJECT,
    ),
  ),
  inputs: v.pipe(
    v.array(requestInput, EXPECTED_LIST),
    crossCheck((inputs) =>
      inputs.length === 1 ? undefined : { path: [], got: `${inputs.length} inputs`, expected: "1, the model's rows" },
    ),
    v.length(1),
  ),
  outputs: v.nullish(
    v.pipe(v.array(requestOutput, EXPECTED_LIST), v.description("Which, in this order; all without it, and of none")),
  ),
});
export type InferRequest = v.InferOutput<typeof inferRequestSchema>;

const responseOutput = v.object({
  name: v.string(),
  datatype: v.literal("FP32"),
  shape: v.pipe(v.array(v.pipe(v.number(), v.integer())), v.description("[n, 1]")),
  parameters: v.optional(v.object({ binary_data_size: v.pipe(v.number(), v.integer()) })),
  data: v.optional(v.pipe(v.array(v.number()), v.description("Flat; absent for an output whose bytes are sent"))),
});
export type ResponseOutput = v.InferOutput<typeof responseOutput>;

const inferResponse = v.object({
  model_name: v.pipe(v.string(), v.description("As the request named it")),
  model_version: v.pipe(v.string(), v.description("SHA-256 of the artifact that answered")),
  id: v.optional(v.string()),
  parameters: v.optional(
    v.object({
      stand_in: v.pipe(v.literal(true), v.description("It serves in place of the artifact that the registry names")),
    }),
  ),
  outputs: v.array(responseOutput),
});
export type InferResponse = v.InferOutput<typeof inferResponse>;

const EXPECTED_LENGTH = "a number of bytes";
const inferHeaders = v.object({
  "Inference-Header-Content-Length": v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,9}$/, EXPECTED_LENGTH),
      v.description("Bytes of the JSON, where bytes of tensors follow it; 0 for a body of FP32 rows alone"),
      v.transform(Number),
    ),
  ),
});

const malformed: CodeOfFault = () => "inference_malformed";

const OCTETS = "application/octet-stream";

/** What the route with a version and the one without have in common. */
const INFER = {
  ...INFERENCE_ROUTE,
  method: "post",
  summary: "Scores of rows",
  headers: inferHeaders,
  body: {
    schema: inferRequestSchema,
    description:
      "The rows, of at most 1,000. Fields that the protocol does not have are not read. " +
      "The media type is not looked at: with `Inference-Header-Content-Length` the body is JSON followed by bytes",
    limits: INFER_BODY,
    inParts: true,
    example: {
      id: "42",
      inputs: [{ name: "features", shape: [2, 2], datatype: "FP32", data: [0.2, -0.1, 1.4, null] }],
      outputs: [{ name: "probability" }],
    },
    texts: { [OCTETS]: "{…}\u0000\u0000\u0080?" },
  },
  answer: {
    description: "The outputs; with bytes among them, `Inference-Header-Content-Length` says where the JSON ends",
    schema: inferResponse,
    example: {
      model_name: "champion",
      model_version: VERSION_EXAMPLE,
      id: "42",
      outputs: [{ name: "probability", datatype: "FP32", shape: [2, 1], data: [0.0625, 0.25] }],
    },
    texts: { [OCTETS]: "{…}\u0000\u0000\u0080?" },
  },
  codeOfFault: malformed,
} as const;

const DESCRIPTION =
  "The model's own scores, bit for bit what it gives for the same rows of a symbol, before any recalibration. An answer " +
  "of more than 1 KiB is compressed with gzip or deflate where `Accept-Encoding` takes it.";
const ERRORS = [
  ...["body_malformed", "inference_malformed", "unknown_model", "model_not_ready"],
  ...["too_many_rows", "rows_out_of_range"],
] as const;

export const inferContract = contract({
  ...INFER,
  path: "/v2/models/:model/infer",
  description: DESCRIPTION,
  params: modelParams,
  parameterExamples: MODEL_EXAMPLE,
  errors: ERRORS,
});

export const inferVersionContract = contract({
  ...INFER,
  path: "/v2/models/:model/versions/:version/infer",
  description: `Of the version that the path names. ${DESCRIPTION}`,
  params: versionParams,
  parameterExamples: MODEL_VERSION_EXAMPLE,
  errors: [...ERRORS, "unknown_version"],
});
