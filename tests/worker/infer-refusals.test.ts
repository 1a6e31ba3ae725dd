// What POST /v2/models/…/infer refuses, in the protocol's form: the field, what came and what was expected.
import { beforeAll, describe, expect, it } from "vitest";
import { bundledModels, handMade, publish, setAlias } from "./artifacts.ts";
import { type Answer, fetchJson, postJson } from "./gateway.ts";
import { binaryBody } from "./infer-client.ts";

const COLUMNS = 33;
const ROW = Array.from({ length: COLUMNS }, (_, j) => j / 100);
const FULL = { name: "features", shape: [1, COLUMNS], datatype: "FP32", data: ROW };
const path = "/v2/models/champion/infer";
const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  fetchJson(path, { method: "POST", body, headers });

function expectRefusal({ status, headers, body }: Answer, expected: readonly [number, string, string | RegExp]): void {
  expect(headers.get("Content-Type")).toBe("application/json");
  expect(Object.keys(body as object)).toEqual(["error"]);
  const [, , error] = expected;
  if (typeof error === "string") expect(body.error).toBe(error);
  else expect(body.error).toMatch(error);
  expect([status, headers.get("X-Error-Code")]).toEqual(expected.slice(0, 2));
}
const malformed = (error: string | RegExp) => [400, "inference_malformed", error] as const;

beforeAll(bundledModels);

describe("an inference request that is refused", () => {
  const inputs: readonly (readonly [what: string, input: unknown, error: string])[] = [
    ["no object", 5, "inputs[0]: got 5, expected an object"],
    ["without a name", { ...FULL, name: undefined }, "inputs[0].name: got nothing, expected a text"],
    ["of another name", { ...FULL, name: "rv" }, 'inputs[0].name: got "rv", expected features'],
    ["without a shape", { ...FULL, shape: null }, "inputs[0].shape: got null, expected a list"],
    ["of one dimension", { ...FULL, shape: [COLUMNS] }, "inputs[0].shape: got [33], expected [n, 33] for n rows"],
    ["of other columns", { ...FULL, shape: [1, 32] }, "inputs[0].shape: got [1,32], expected [n, 33] for n rows"],
    [
      "of too many dimensions",
      { ...FULL, shape: [1, COLUMNS, ...Array<number>(20).fill(1)] },
      "inputs[0].shape: got 22 dimensions, expected [n, 33] for n rows",
    ],
    ["of a negative shape", { ...FULL, shape: [-1, COLUMNS] }, "inputs[0].shape[0]: got -1, expected a number from 0"],
    ["of half a row", { ...FULL, shape: [0.5, COLUMNS] }, "inputs[0].shape[0]: got 0.5, expected a whole number"],
    ["of whole numbers", { ...FULL, datatype: "INT64" }, 'inputs[0].datatype: got "INT64", expected FP32 or FP64'],
    ["of halves", { ...FULL, datatype: "FP16" }, 'inputs[0].datatype: got "FP16", expected FP32 or FP64'],
    ["without data", { ...FULL, data: null }, "inputs[0].data: got null, expected a list, or binary_data_size"],
    ["with a text for data", { ...FULL, data: "AAAA" }, 'inputs[0].data: got "AAAA", expected a list'],
    ["too short", { ...FULL, data: [1, 2] }, "inputs[0].data: got 2 entries, expected 33: 1 rows of 33"],
    ["too long", { ...FULL, data: [...ROW, 1] }, "inputs[0].data: got 34 entries, expected 33: 1 rows of 33"],
    ["of more rows than its shape", { ...FULL, data: [ROW, ROW] }, "inputs[0].data: got 2 entries, expected 1: 1 rows"],
    ["of a short row", { ...FULL, data: [[1]] }, "inputs[0].data[0]: got 1 entries, expected 33: a row of 33"],
    [
      "flat and not flat",
      { ...FULL, shape: [2, COLUMNS], data: [ROW, 5] },
      "inputs[0].data[1]: got 5, expected a list of 33, as the other rows are",
    ],
    [
      "with a text among the numbers",
      { ...FULL, data: ["0", ...ROW.slice(1)] },
      'inputs[0].data[0]: got "0", expected a finite float32, or null for a missing feature',
    ],
    [
      "with a boolean among them",
      { ...FULL, data: [[...ROW.slice(1), true]] },
      "inputs[0].data[0][32]: got true, expected a finite float32, or null for a missing feature",
    ],
    [
      "with a list too deep",
      { ...FULL, data: [[[1], ...ROW.slice(1)]] },
      "inputs[0].data[0][0]: got a list, expected a finite float32, or null for a missing feature",
    ],
    [
      "with a number that float32 does not have",
      { ...FULL, datatype: "FP64", data: [1e39, ...ROW.slice(1)] },
      "inputs[0].data[0]: got 1e+39, expected a finite float32, or null for a missing feature",
    ],
    [
      "in shared memory",
      { ...FULL, data: undefined, parameters: { shared_memory_region: "r" } },
      "inputs[0].parameters.shared_memory_region: got it, expected none: the extension shared_memory is not offered",
    ],
    [
      "with a size that is none",
      { ...FULL, parameters: { binary_data_size: "4" } },
      'inputs[0].parameters.binary_data_size: got "4", expected a number of bytes',
    ],
  ];
  it.each(inputs)("has an input %s", async (_, input, error) => {
    expectRefusal(await postJson(path, { inputs: [input] }), malformed(error));
  });

  it.each([
    ["no input", { inputs: [] }, "inputs: got 0 inputs, expected 1, the model's rows"],
    ["two inputs", { inputs: [FULL, FULL] }, "inputs: got 2 inputs, expected 1, the model's rows"],
    ["no list of inputs", { inputs: FULL }, "inputs: got an object, expected a list"],
    ["nothing", {}, "inputs: got nothing, expected a list"],
    ["an id that is no text", { id: 42, inputs: [FULL] }, "id: got 42, expected a text"],
    [
      "an output that the model does not have",
      { inputs: [FULL], outputs: [{ name: "label" }] },
      'outputs[0].name: got "label", expected one of probability, sigma_ratio, each once',
    ],
    [
      "an output twice",
      { inputs: [FULL], outputs: [{ name: "probability" }, { name: "probability" }] },
      'outputs[1].name: got "probability" again, expected one of probability, sigma_ratio, each once',
    ],
    ["an output without a name", { inputs: [FULL], outputs: [{}] }, "outputs[0].name: got nothing, expected a text"],
    [
      "an output by classes",
      { inputs: [FULL], outputs: [{ name: "probability", parameters: { classification: 2 } }] },
      "outputs[0].parameters.classification: got it, expected none: the extension classification is not offered",
    ],
    [
      "binary_data that is no boolean",
      { inputs: [FULL], outputs: [{ name: "probability", parameters: { binary_data: "yes" } }] },
      'outputs[0].parameters.binary_data: got "yes", expected true or false',
    ],
    [
      "binary_data_output that is no boolean",
      { inputs: [FULL], parameters: { binary_data_output: 1 } },
      "parameters.binary_data_output: got 1, expected true or false",
    ],
  ])("has %s", async (_, body, error) => {
    expectRefusal(await postJson(path, body), malformed(error));
  });

  it("has more rows than a request may", async () => {
    const many = { ...FULL, shape: [1001, COLUMNS], data: [] };
    const error = "rows: got 1001, expected at most 1000";
    expectRefusal(await postJson(path, { inputs: [many] }), [413, "too_many_rows", error]);
  });

  it("is no JSON, or no object", async () => {
    const infinite = `{"inputs":[{"name":"features","shape":[1,33],"datatype":"FP32","data":[NaN,Infinity]}]}`;
    const expected = /^body: got the word Infinity at character \d+, in .*, expected JSON$/;
    expectRefusal(await post(infinite), [400, "not_json", expected]);
    expectRefusal(await post(""), [400, "not_json", /^body: got "", /]);
    expectRefusal(await post("[1]"), [400, "body_malformed", "body: got a list, expected an object"]);
  });

  it("is too large, or compressed in a way that is not taken", async () => {
    const values = `{"inputs":[${"0,".repeat(100_000)}0]}`;
    expectRefusal(await post(values), [413, "body_too_large", /more than 100000 JSON values/]);
    expectRefusal(await post(" ".repeat(2 ** 21 + 1)), [413, "body_too_large", /more than 2097152 bytes/]);
    expectRefusal(await post("{}", { "Content-Encoding": "br" }), [
      ...([415, "unsupported_encoding"] as const),
      "Content-Encoding: got br, expected gzip, deflate or none",
    ]);
    for (const encoding of ["gzip", "deflate"]) {
      const error = `body: got bytes that do not decompress, expected ${encoding}`;
      for (const bytes of ["{}", ""]) {
        const answer = await post(bytes, { "Content-Encoding": encoding });
        expectRefusal(answer, [400, "body_unreadable", error]);
      }
    }
    const bomb = new Blob([" ".repeat(2 ** 22)]).stream().pipeThrough(new CompressionStream("deflate"));
    const answer = await post(await new Response(bomb).arrayBuffer(), { "Content-Encoding": "deflate" });
    expectRefusal(answer, [413, "body_too_large", /more than 2097152 bytes after decompression/]);
  });

  it("has values for which the model gives no figure", async () => {
    const sha256 = await publish(await handMade("nanOnHuge"));
    expect((await setAlias("challenger", sha256)).body).toMatchObject({ serving: true });
    const rows = (...data: number[]) =>
      postJson("/v2/models/challenger/infer", { inputs: [{ ...FULL, shape: [data.length, 1], data }] });
    expect((await rows(0, 1e18)).status).toBe(200);
    const error = "inputs[0].data: got values in row 1 for which there is no probability";
    expectRefusal(await rows(0, 3e38), [422, "rows_out_of_range", error]);
    await setAlias("challenger", await publish(await handMade("sigma")));
    const sigma = await rows(0, 0, 88.8);
    expectRefusal(sigma, [422, "rows_out_of_range", /^inputs\[0\]\.data: got values in row 2 for which there is no /]);
  });
});

describe("bytes of tensors that are refused", () => {
  const tensor = (parameters: object) => ({ ...FULL, data: undefined, parameters });
  const send = (json: unknown, bytes: Uint8Array, length?: number | string) => {
    const { body, jsonBytes } = binaryBody(json, bytes);
    return post(body, { "Inference-Header-Content-Length": String(length ?? jsonBytes) });
  };
  const bytesOf = (row: readonly number[]) => new Uint8Array(Float32Array.from(row).buffer);

  it("are too many, too few, or of another size than the JSON says", async () => {
    const inputs = [tensor({ binary_data_size: 132 })];
    for (const count of [0, 131, 133, 264]) {
      const error = `body: got ${count} bytes behind the JSON, expected 132 as binary_data_size says`;
      expectRefusal(await send({ inputs }, new Uint8Array(count)), malformed(error));
    }
    const less = "inputs[0].parameters.binary_data_size: got 128, expected 132 for FP32 [1,33]";
    expectRefusal(await send({ inputs: [tensor({ binary_data_size: 128 })] }, new Uint8Array(128)), malformed(less));
    const double = { ...tensor({ binary_data_size: 132 }), datatype: "FP64" };
    const more = "inputs[0].parameters.binary_data_size: got 132, expected 264 for FP64 [1,33]";
    expectRefusal(await send({ inputs: [double] }, bytesOf(ROW)), malformed(more));
    const none = "body: got 132 bytes behind the JSON, expected 0 as binary_data_size says";
    expectRefusal(await send({ inputs: [FULL] }, bytesOf(ROW)), malformed(none));
    const noHeader = "body: got 0 bytes behind the JSON, expected 132 as binary_data_size says";
    expectRefusal(await postJson(path, { inputs }), malformed(noHeader));
  });

  it("come beside data", async () => {
    const inputs = [{ ...FULL, parameters: { binary_data_size: 132 } }];
    const error = "inputs[0].data: got a list beside binary_data_size, expected one of the two";
    expectRefusal(await send({ inputs }, bytesOf(ROW)), malformed(error));
  });

  it("have a number that is not finite", async () => {
    const inputs = [tensor({ binary_data_size: 132 })];
    const error = "inputs[0].data[4]: got -Infinity, expected a finite float32, or NaN for a missing feature";
    expectRefusal(await send({ inputs }, bytesOf(ROW.with(4, -Infinity))), malformed(error));
    const double = [{ ...tensor({ binary_data_size: 264 }), datatype: "FP64" }];
    const wide = new Uint8Array(Float64Array.from(ROW.with(32, 1e300)).buffer);
    const large = "inputs[0].data[32]: got 1e+300, expected a finite float32, or NaN for a missing feature";
    expectRefusal(await send({ inputs: double }, wide), malformed(large));
  });

  it("follow a JSON whose length is not the header's", async () => {
    const inputs = [tensor({ binary_data_size: 132 })];
    const wrong = /^Inference-Header-Content-Length: got 9999, expected at most the length of the body, \d+$/;
    expectRefusal(await send({ inputs }, bytesOf(ROW), 9999), malformed(wrong));
    expectRefusal(await send({ inputs }, bytesOf(ROW), 20), [400, "not_json", /^body: got /]);
    for (const length of ["-1", "1e3", "ten", "0x10", ""]) {
      const error = `Inference-Header-Content-Length: got ${JSON.stringify(length)}, expected a number of bytes`;
      expectRefusal(await send({ inputs }, bytesOf(ROW), length), malformed(error));
    }
  });

  it("are rows alone, and not whole ones or too many", async () => {
    const raw = (bytes: number) => post(new Uint8Array(bytes), { "Inference-Header-Content-Length": "0" });
    expect((await raw(132)).status).toBe(200);
    const error = "body: got 131 bytes, expected a multiple of 132: rows of 33 FP32";
    expectRefusal(await raw(131), malformed(error));
    expectRefusal(await raw(132 * 1001), [413, "too_many_rows", "rows: got 1001, expected at most 1000"]);
  });
});
