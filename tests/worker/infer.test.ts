// POST /v2/models/…/infer: the scores are the gateway's own, in JSON and in bytes.
import * as v from "valibot";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { PEER_10, ROWS } from "../../src/features/schema.ts";
import { acceptedEncoding } from "../../src/http/compressed-answer.ts";
import { inferContract } from "../../src/http/infer-schema.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { modelHost } from "../../src/model/model-host.ts";
import { bundledModels, handMade, publish, setAlias, variantOf } from "./artifacts.ts";
import { fetchJson, fetchWith, ingest, postJson, rise } from "./gateway.ts";
import { binaryBody, floatBytes, inferBinary, outputsOf } from "./infer-client.ts";
import { market, WARM_TICKS } from "./market.ts";

const COLUMNS = 33;
/** Rows of the champion, as ordinary as the row of a calm market, each another one. */
const rowsOf = (count: number): number[][] =>
  Array.from({ length: count }, (_, i) => Array.from({ length: COLUMNS }, (_, j) => Math.sin(1 + i * 7 + j) / 2));
const input = (rows: readonly unknown[], changes: object = {}) => ({
  name: "features",
  shape: [rows.length, COLUMNS],
  datatype: "FP32",
  data: rows,
  ...changes,
});
const infer = (body: unknown, model = "champion") => postJson(`/v2/models/${model}/infer`, body);

/** The champion's own scores. */
async function own(rows: readonly (readonly number[])[]): Promise<{ p: number[]; sigma: number[] }> {
  const scores = await modelHost.serving.byAlias.champion!.score(Float32Array.from(rows.flat()));
  return { p: Array.from(scores.probabilities), sigma: Array.from(scores.sigmaRatios!) };
}

beforeAll(async () => {
  await bundledModels();
  await fetchJson("/v2/models/champion");
});
afterEach(bundledModels);

describe("an inference request in JSON", () => {
  it("is answered with the model's own scores, bit for bit", async () => {
    const rows = rowsOf(5);
    const { status, headers, body } = await infer({ inputs: [input(rows)] });
    expect(status).toBe(200);
    expect(headers.get("Content-Type")).toBe("application/json");
    expect(headers.get("Inference-Header-Content-Length")).toBeNull();
    const { p, sigma } = await own(rows);
    expect(body).toEqual({
      model_name: "champion",
      model_version: BUNDLED.champion,
      outputs: [
        { name: "probability", datatype: "FP32", shape: [5, 1], data: p },
        { name: "sigma_ratio", datatype: "FP32", shape: [5, 1], data: sigma },
      ],
    });
    expect(v.parse(inferContract.answer.schema, body)).toEqual(body);
    expect(new Set(p).size).toBe(5);
  });

  it("takes the rows flat as well, and float64 that is rounded as numbers of JSON are", async () => {
    const rows = rowsOf(4);
    const { outputs } = (await infer({ inputs: [input(rows)] })).body;
    const flat = await infer({ inputs: [input(rows.flat(), { shape: [4, COLUMNS] })] });
    expect(flat.body.outputs).toEqual(outputs);
    const double = await infer({ inputs: [input(rows, { datatype: "FP64" })] });
    expect(double.body.outputs).toEqual(outputs);
  });

  it("takes null for a missing feature, which the model imputes", async () => {
    const [row] = rowsOf(1) as [number[]];
    const holed = row.map((value, j) => (j % 3 === 0 ? null : value));
    const { body } = await infer({ inputs: [input([row, holed])] });
    const { p } = await own([row, row.map((value, j) => (j % 3 === 0 ? NaN : value))]);
    expect(body.outputs[0].data).toEqual(p);
    expect(p[0]).not.toBe(p[1]);
    // As tritonclient and mlserver write it; in a text it is a text.
    const written = JSON.stringify({ id: "NaN, null", inputs: [input([row, holed])] }).replaceAll(
      /(?<=[[,])null(?=[,\]])/g,
      "NaN",
    );
    expect(written.match(/NaN/g)).toHaveLength(12);
    const answer = await fetchJson("/v2/models/champion/infer", { method: "POST", body: written });
    expect([answer.body.id, answer.body.outputs[0].data]).toEqual(["NaN, null", p]);
  });

  it("gives back the id, and the outputs that are asked for in their order", async () => {
    const rows = rowsOf(2);
    const { p, sigma } = await own(rows);
    const both = await infer({
      id: "42",
      inputs: [input(rows)],
      outputs: [{ name: "sigma_ratio" }, { name: "probability" }],
    });
    expect(both.body.id).toBe("42");
    expect(both.body.outputs.map(({ name, data }: { name: string; data: number[] }) => [name, data])).toEqual([
      ["sigma_ratio", sigma],
      ["probability", p],
    ]);
    const one = await infer({ inputs: [input(rows)], outputs: [{ name: "probability" }] });
    expect(one.body.outputs).toHaveLength(1);
    expect(one.body).not.toHaveProperty("id");
    for (const none of [[], null]) {
      expect((await infer({ inputs: [input(rows)], outputs: none })).body.outputs).toHaveLength(2);
    }
  });

  it("may have members that are null or that the protocol does not have, as clients send them", async () => {
    const rows = rowsOf(1);
    const sent = {
      id: null,
      model_name: "champion",
      parameters: { content_type: "np", sequence_id: 7, binary_data_output: null },
      inputs: [input(rows, { parameters: { content_type: "np" } })],
      outputs: null,
    };
    const { status, body } = await infer(sent);
    expect([status, body.outputs[0].data]).toEqual([200, (await own(rows)).p]);
  });

  it("may have no row, and a thousand", async () => {
    const none = await infer({ inputs: [input([])] });
    expect(none.body.outputs.map(({ shape, data }: Record<string, unknown>) => [shape, data])).toEqual([
      [[0, 1], []],
      [[0, 1], []],
    ]);
    const rows = rowsOf(1000);
    const all = (await infer({ inputs: [input(rows)] })).body.outputs[0].data;
    expect(all).toEqual((await own(rows)).p);
    for (const i of [0, 499, 999]) {
      expect((await infer({ inputs: [input([rows[i]!])] })).body.outputs[0].data).toEqual([all[i]]);
    }
  });

  it("gives what POST /predict {rows} gives for the same rows", async () => {
    const names = ["log_return_300s", "realized_volatility_300s", "trade_intensity_300s"];
    const features = (await fetchJson("/v2/models/rows")).body.properties.features.split(",") as string[];
    const rows = [0, 1, 2].map((i) => Object.fromEntries(names.map((name, j) => [name, (i + 1) * 0.01 * (j + 1)])));
    const { scores } = (await postJson("/predict", { rows })).body;
    const data = rows.map((row) => features.map((name) => row[name] ?? null));
    const tensor = { name: "features", shape: [3, features.length], datatype: "FP32", data };
    expect((await infer({ inputs: [tensor] }, "rows")).body.outputs[0].data).toEqual(scores);
    expect(features.every((name) => PEER_10.some((column) => column.name === name))).toBe(true);
  });

  it("gives what the steps of a symbol were scored with", async () => {
    const ticks = market("V2-STEPS", WARM_TICKS);
    const { trace } = (await ingest(ticks, { "X-Volgate-Trace": "steps" })).body.symbols["V2-STEPS"];
    const { count, rows, scores } = trace.at(-1);
    const floats = (text: string) => new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
    const all = floats(rows["default-1"] as string);
    const raw = floats(scores.champion.raw as string);
    const { columns } = modelHost.serving.byAlias.champion!;
    const width = ROWS["default-1"].length;
    const last = Array.from({ length: Math.min(50, count as number) }, (_, i) => count - 1 - i);
    const data = last.map((k) => Array.from(columns, (j) => all[k * width + j]!).map((x) => (isNaN(x) ? null : x)));
    const { body } = await infer({ inputs: [input(data)] });
    expect(body.outputs[0].data).toEqual(last.map((k) => raw[k]));
    expect(last.length).toBeGreaterThan(20);
  });

  it("goes to the version that is asked for", async () => {
    const other = await publish(await handMade("sigma"));
    expect((await setAlias("challenger", other)).body).toMatchObject({ serving: true });
    const name = (await fetchJson("/v2/models/challenger")).body.properties.model as string;
    const body = { inputs: [{ name: "features", shape: [1, 1], datatype: "FP32", data: [0] }] };
    for (const path of ["challenger/infer", `challenger/versions/${other}/infer`]) {
      const answer = await postJson(`/v2/models/${path}`, body);
      expect(answer.body).toMatchObject({ model_name: "challenger", model_version: other });
      expect(answer.body.outputs[0]).toMatchObject({ name: "probability", data: [0.5] });
    }
    expect(name).toBe("persistence");
    const gone = await postJson(`/v2/models/champion/versions/${other}/infer`, body);
    expect([gone.status, gone.headers.get("X-Error-Code")]).toEqual([404, "unknown_version"]);
    const nobody = await postJson("/v2/models/nobody/infer", body);
    expect([nobody.status, nobody.headers.get("X-Error-Code")]).toEqual([404, "unknown_model"]);
  });

  it("goes on with the model of its moment while another takes the alias", async () => {
    const rows = rowsOf(900);
    const { p } = await own(rows);
    const next = await variantOf("champion", "takes over");
    const asking = Array.from({ length: 8 }, () => infer({ inputs: [input(rows)] }));
    const setting = setAlias("champion", await publish(next));
    for (const { status, body } of await Promise.all(asking)) {
      expect(status).toBe(200);
      expect([BUNDLED.champion, next.sha256]).toContain(body.model_version);
      expect(body.outputs[0].data).toEqual(p);
    }
    expect((await setting).status).toBe(200);
    expect((await infer({ inputs: [input(rows)] })).body.model_version).toBe(next.sha256);
  });

  it("counts every row as a prediction, and the request by its route", async () => {
    const { version } = modelHost.serving.byAlias.champion!.manifest;
    const work = () => infer({ inputs: [input(rowsOf(7))] });
    expect(await rise("predictions_total", { model_version: version }, work)).toBe(7);
    const endpoint = "/v2/models/:model/infer";
    expect(await rise("http_requests_total", { endpoint, method: "POST", status: "200" }, work)).toBe(1);
  });

  it("needs READ_TOKEN where it is set", async () => {
    const closed = { READ_TOKEN: "read-token-of-16-or-more" };
    const init = { method: "POST", body: JSON.stringify({ inputs: [input(rowsOf(1))] }) };
    expect((await fetchWith(closed, "/v2/models/champion/infer", init)).status).toBe(401);
    const headers = { Authorization: `Bearer ${closed.READ_TOKEN}` };
    expect((await fetchWith(closed, "/v2/models/champion/infer", { ...init, headers })).status).toBe(200);
  });
});

describe("the binary tensor extension", () => {
  const tensor = (rows: number, bytes: number, datatype = "FP32") => ({
    ...{ name: "features", shape: [rows, COLUMNS], datatype },
    parameters: { binary_data_size: bytes },
  });

  it("takes rows in bytes, of which NaN is a missing feature, and answers in JSON unless asked", async () => {
    const rows = rowsOf(3).map((row, i) => row.map((x, j) => (i === 1 && j % 4 === 0 ? NaN : x)));
    const bytes = floatBytes(rows.flat());
    const { response, header } = await inferBinary("champion", { inputs: [tensor(3, bytes.length)] }, bytes);
    expect(response.headers.get("Content-Type")).toBe("application/json");
    expect(header.outputs[0].data).toEqual((await own(rows)).p);
    const doubles = new Uint8Array(Float64Array.from(rows.flat()).buffer);
    const double = await inferBinary("champion", { inputs: [tensor(3, doubles.length, "FP64")] }, doubles);
    expect(double.header.outputs).toEqual(header.outputs);
  });

  it("answers all outputs in bytes, or those that say so, in the order of the JSON", async () => {
    const rows = rowsOf(3);
    const { p, sigma } = await own(rows);
    const bytes = floatBytes(rows.flat());
    const parameters = { binary_data_output: true };
    const all = await inferBinary("champion", { parameters, inputs: [tensor(3, bytes.length)] }, bytes);
    expect(all.response.headers.get("Content-Type")).toBe("application/octet-stream");
    expect(all.header.outputs).toEqual([
      { name: "probability", datatype: "FP32", shape: [3, 1], parameters: { binary_data_size: 12 } },
      { name: "sigma_ratio", datatype: "FP32", shape: [3, 1], parameters: { binary_data_size: 12 } },
    ]);
    expect(outputsOf(all)).toEqual({ probability: p, sigma_ratio: sigma });
    const outputs = [{ name: "sigma_ratio" }, { name: "probability", parameters: { binary_data: false } }];
    const mixed = await inferBinary("champion", { parameters, inputs: [input(rows)], outputs }, new Uint8Array(0));
    expect(mixed.header.outputs[1]).toMatchObject({ name: "probability", data: p });
    expect(outputsOf(mixed)).toEqual({ sigma_ratio: sigma, probability: p });
  });

  it("says how long the JSON is even where no byte follows", async () => {
    const parameters = { binary_data_output: true };
    const none = await inferBinary("champion", { parameters, inputs: [input([])] }, new Uint8Array(0));
    expect(none.response.headers.get("Content-Type")).toBe("application/octet-stream");
    expect(none.response.headers.get("Inference-Header-Content-Length")).toMatch(/^\d+$/);
    expect(none.header.outputs.map(({ shape }) => shape)).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(outputsOf(none)).toEqual({ probability: [], sigma_ratio: [] });
  });

  it("takes no bytes at all for no rows, with the header and without", async () => {
    const inputs = [{ ...tensor(0, 0), data: null }];
    expect((await infer({ inputs })).body.outputs[0]).toMatchObject({ shape: [0, 1], data: [] });
    expect((await inferBinary("champion", { inputs }, new Uint8Array(0))).header.outputs[0].shape).toEqual([0, 1]);
  });

  it("takes a body of rows alone when the header says 0, and answers in bytes", async () => {
    const rows = rowsOf(2);
    const raw = await inferBinary("champion", undefined, floatBytes(rows.flat()));
    expect(raw.header).toMatchObject({ model_name: "champion", model_version: BUNDLED.champion });
    const { p, sigma } = await own(rows);
    expect(outputsOf(raw)).toEqual({ probability: p, sigma_ratio: sigma });
  });

  it("is compressed in both directions where the client asks for it", async () => {
    const rows = rowsOf(400);
    const { p } = await own(rows);
    const { body, jsonBytes } = binaryBody({ inputs: [tensor(400, 400 * COLUMNS * 4)] }, floatBytes(rows.flat()));
    for (const encoding of ["gzip", "deflate"] as const) {
      const squeezed = new Blob([body]).stream().pipeThrough(new CompressionStream(encoding));
      const answer = await inferBinary("champion", await new Response(squeezed).arrayBuffer(), undefined, {
        ...{ "Inference-Header-Content-Length": String(jsonBytes), "Content-Encoding": encoding },
        "Accept-Encoding": encoding,
      });
      expect(answer.response.headers.get("Content-Encoding")).toBe(encoding);
      expect(answer.header.outputs[0].data).toEqual(p);
    }
    const small = await inferBinary("champion", { inputs: [input(rowsOf(1))] }, new Uint8Array(0), {
      "Accept-Encoding": "gzip",
    });
    expect(small.response.headers.get("Content-Encoding")).toBeNull();
  });
});

describe("the compression of an answer", () => {
  it.each([
    ["", undefined],
    ["identity", undefined],
    ["br, zstd", undefined],
    ["gzip", "gzip"],
    ["deflate, gzip;q=0.5", "gzip"],
    ["br, DEFLATE; q=0.1", "deflate"],
    ["gzip;q=0, deflate;q=0.0", undefined],
    ["gzip;q=0, deflate", "deflate"],
  ])("for Accept-Encoding %j is %s", (header, expected) => {
    expect(acceptedEncoding(header)).toBe(expected);
  });
});
