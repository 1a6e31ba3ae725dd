// POST …/infer of the Open Inference Protocol: rows in JSON or in bytes, the outputs of one run of one model.
import { type Context, Hono } from "hono";
import { predictions } from "../counting/isolate-counters.ts";
import { isProbability, isSigmaRatio, type Scores } from "../model/artifact.ts";
import type { Manifest } from "../model/manifest.ts";
import { check, faultText } from "../schemas/check.ts";
import { shown } from "../schemas/shown.ts";
import type { AppEnv } from "./app-env.ts";
import { INFER_BODY } from "./body-limits.ts";
import { compressedAnswer } from "./compressed-answer.ts";
import { type FoundModel, modelOf, placeOf } from "./find-model.ts";
import { inferContract, type InferRequest, inferRequestSchema, inferVersionContract } from "./infer-schema.ts";
import { inferenceAnswer, type OutputTensor } from "./inference-answer.ts";
import { withNullForNaN } from "./json-text.ts";
import { Problem } from "./problem.ts";
import { notJson, readBodyBytes, textOf } from "./read-body.ts";
import { readRawRows, readRows } from "./read-rows.ts";
import { readRequest } from "./read-request.ts";
import { JSON_LENGTH_HEADER, splitFrame } from "./tensor-frame.ts";

export const infer = new Hono<AppEnv>()
  .post(inferContract.path, async (c) => {
    const { params, headers } = await readRequest(c, inferContract);
    return await answer(c, params, headers[JSON_LENGTH_HEADER]);
  })
  .post(inferVersionContract.path, async (c) => {
    const { params, headers } = await readRequest(c, inferVersionContract);
    return await answer(c, params, headers[JSON_LENGTH_HEADER]);
  });

/** What the path names. */
interface Asked {
  readonly model: string;
  readonly version?: string;
}

/** @param jsonBytes as the header says; `undefined` without it. */
async function answer(c: Context<AppEnv>, { model, version }: Asked, jsonBytes: number | undefined): Promise<Response> {
  const { request, tensors } = await readBody(c.req.raw, jsonBytes);
  const place = await placeOf(c, model);
  // From here to the run nothing is awaited: a swap would release the model.
  const found = modelOf(place, version);
  const { manifest } = found.scorer;
  const shape = { name: manifest.input, columns: found.scorer.columns.length };
  const rows = request === undefined ? readRawRows(tensors, shape) : readRows(request.inputs[0]!, tensors, shape);
  const wanted = wantedOutputs(request, manifest);
  const scores = await run(found, rows);
  const outputs = wanted.map(({ name, isBinary }) => {
    const values = name === manifest.output ? scores.probabilities : scores.sigmaRatios!;
    requireUsable(values, name, manifest);
    return { name, isBinary, values };
  });
  count(scores.probabilities, manifest);
  return await sendOutputs(c, { model, id: request?.id ?? undefined, found, outputs });
}

interface ReadBody {
  /** Absent for a body of rows alone. */
  readonly request?: InferRequest;
  /** The bytes behind the JSON. */
  readonly tensors: Uint8Array;
}

async function readBody(raw: Request, jsonBytes: number | undefined): Promise<ReadBody> {
  const body = await readBodyBytes(raw, INFER_BODY);
  if (jsonBytes === 0) return { tensors: body };
  const frame = splitFrame(body, jsonBytes);
  if (frame === undefined) {
    const expected = `at most the length of the body, ${body.length}`;
    throw new Problem("inference_malformed", `${JSON_LENGTH_HEADER}: got ${jsonBytes}, expected ${expected}`);
  }
  const value = parse(textOf([frame.json], INFER_BODY));
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Problem("body_malformed", `body: got ${shown(value)}, expected an object`);
  }
  const result = check(inferRequestSchema, value, "body");
  if (!result.ok) throw new Problem("inference_malformed", faultText(result.fault));
  return { request: result.value, tensors: frame.tensors };
}

/** JSON has no NaN, and tritonclient and mlserver write one for it: a missing feature. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const plain = withNullForNaN(text);
    try {
      return JSON.parse(plain);
    } catch {
      throw notJson(plain, "JSON");
    }
  }
}

interface WantedOutput {
  readonly name: string;
  readonly isBinary: boolean;
}

/** All outputs when the request names none; of a body of rows alone, all in bytes. */
function wantedOutputs(request: InferRequest | undefined, { output, sigmaOutput }: Manifest): WantedOutput[] {
  const known = sigmaOutput === undefined ? [output] : [output, sigmaOutput];
  const isBinary = request === undefined || request.parameters?.binary_data_output === true;
  const asked = request?.outputs ?? [];
  if (asked.length === 0) return known.map((name) => ({ name, isBinary }));
  return asked.map(({ name, parameters }, i) => {
    const isTwice = asked.findIndex((one) => one.name === name) < i;
    const own = parameters?.binary_data;
    if (known.includes(name) && !isTwice) return { name, isBinary: typeof own === "boolean" ? own : isBinary };
    const got = isTwice ? `${shown(name)} again` : shown(name);
    const expected = `one of ${known.join(", ")}, each once`;
    throw new Problem("inference_malformed", `outputs[${i}].name: got ${got}, expected ${expected}`);
  });
}

async function run({ scorer }: FoundModel, rows: Float32Array): Promise<Scores> {
  if (rows.length > 0) return await scorer.score(rows);
  return { probabilities: new Float32Array(0), sigmaRatios: new Float32Array(0) };
}

/** Finite inputs can still be too large for a model's own sums: that is the request's fault, not the gateway's. */
function requireUsable(values: Float32Array, name: string, { output }: Manifest): void {
  const isGood = name === output ? isProbability : isSigmaRatio;
  const bad = values.findIndex((value) => !isGood(value));
  if (bad < 0) return;
  throw new Problem("rows_out_of_range", `inputs[0].data: got values in row ${bad} for which there is no ${name}`);
}

function count(probabilities: Float32Array, { version, threshold }: Manifest): void {
  for (const p of probabilities) predictions.inc({ model_version: version, prediction: p >= threshold ? "1" : "0" });
}

interface Answered {
  readonly model: string;
  readonly id: string | undefined;
  readonly found: FoundModel;
  readonly outputs: readonly OutputTensor[];
}

async function sendOutputs(c: Context<AppEnv>, { model, id, found, outputs }: Answered): Promise<Response> {
  const { body, jsonBytes } = inferenceAnswer(
    {
      model_name: model,
      model_version: found.version,
      ...(id === undefined ? {} : { id }),
      ...(found.standIn ? { parameters: { stand_in: true } } : {}),
    },
    outputs,
  );
  const headers: Record<string, string> =
    jsonBytes === undefined
      ? { "Content-Type": "application/json" }
      : { "Content-Type": "application/octet-stream", [JSON_LENGTH_HEADER]: String(jsonBytes) };
  return await compressedAnswer(c.req.raw, body, headers);
}
