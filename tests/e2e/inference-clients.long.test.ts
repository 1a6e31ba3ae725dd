// The Open Inference Protocol as unmodified clients speak it: tritonclient, mlserver and kserve from PyPI, against the
// gateway on bare workerd. What they must get is what the ONNX file gives in Node.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, inflateSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BareWorkerd, bundleWorker } from "../../bench/bare-workerd.ts";
import { OnnxSession, OUTPUT, SIGMA_OUTPUT } from "../../onnx/onnx-session.ts";
import logistic from "../../src/model/bundled/logistic.json" with { type: "json" };
import { runSuccessfully } from "../processes/child-program.ts";

const ROOT = join(import.meta.dirname, "../..");
const VENVS = process.env["VOLGATE_INFERENCE_CLIENTS"] ?? join(ROOT, ".cache/inference");
const ROWS = 40;
/** Importing kserve alone can take a minute on a busy machine. */
const WITHIN_MS = 580_000;

const dir = mkdtempSync(join(tmpdir(), "volgate-inference-"));
const given = join(dir, "given.json");
let gateway: BareWorkerd;

beforeAll(async () => {
  const bundle = join(dir, "bundle");
  await bundleWorker(bundle);
  writeFileSync(given, JSON.stringify(await expectation()));
  gateway = await BareWorkerd.prepare(bundle, join(dir, "state"));
  await gateway.start();
});

afterAll(async () => {
  await gateway.kill();
  rmSync(dir, { recursive: true, force: true });
});

/** Rows, some of whose features are missing, and what the bundled champion's file gives for them in Node. */
async function expectation(): Promise<object> {
  const width = logistic.features.length;
  const rows = Float32Array.from({ length: ROWS * width }, (_, i) =>
    i % 11 === 5 && i > width ? NaN : Math.sin(i) / 2,
  );
  const session = await OnnxSession.load(readFileSync(join(ROOT, "src/model/bundled/logistic.onnx")));
  const names = { input: logistic.input, outputs: [OUTPUT, SIGMA_OUTPUT] };
  const [probability, sigma] = await session.runOutputs(rows, width, names);
  await session.release();
  const plain = Array.from(rows, (x) => (Number.isNaN(x) ? null : x));
  return {
    rows: Array.from({ length: ROWS }, (_, i) => plain.slice(i * width, (i + 1) * width)),
    probability: Array.from(probability!),
    sigma_ratio: Array.from(sigma!),
    version: logistic.onnxSha256,
  };
}

/** An answer as it is on the wire: `fetch` would undo its compression. */
async function onTheWire(body: string, encoding: string): Promise<{ headers: IncomingHttpHeaders; bytes: Buffer }> {
  const options = { method: "POST", headers: { "Accept-Encoding": encoding } };
  return await new Promise((done, failed) => {
    const sent = request(`${gateway.url}/v2/models/champion/infer`, options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => done({ headers: answer.headers, bytes: Buffer.concat(chunks) }));
    });
    sent.on("error", failed).end(body);
  });
}

it("compresses an answer as it is asked to, and only then", async () => {
  const { rows } = JSON.parse(readFileSync(given, "utf8")) as { rows: number[][] };
  const input = { name: logistic.input, shape: [ROWS, rows[0]!.length], datatype: "FP32", data: rows };
  const body = JSON.stringify({ inputs: [input] });
  const plain = await onTheWire(body, "identity");
  expect(plain.headers["content-encoding"]).toBeUndefined();
  for (const [encoding, undo] of [
    ["gzip", gunzipSync],
    ["deflate", inflateSync],
  ] as const) {
    const { headers, bytes } = await onTheWire(body, encoding);
    expect(headers["content-encoding"]).toBe(encoding);
    expect(bytes.length).toBeLessThan(plain.bytes.length);
    expect(undo(bytes)).toEqual(plain.bytes);
  }
});

const CLIENTS = [
  ["tritonclient", "mlserver", "inference-triton.py", 31],
  ["mlserver", "mlserver", "inference-mlserver.py", 10],
  ["kserve", "kserve", "inference-kserve.py", 12],
] as const;

describe.each(CLIENTS)("%s", (_, venv, script, calls) => {
  const python = join(VENVS, venv, "bin/python");
  const missing = existsSync(python) ? undefined : `no ${python}: run sh tests/peers/install-inference.sh`;
  if (missing !== undefined) console.warn(`skipped: ${missing}`);

  it.skipIf(missing !== undefined)(
    `passes every call${missing === undefined ? "" : ` (skipped: ${missing})`}`,
    { timeout: WITHIN_MS },
    async () => {
      const args = [join(import.meta.dirname, script), gateway.url, given, dir];
      const { stdout } = await runSuccessfully(python, args, { withinMs: WITHIN_MS });
      console.log(stdout);
      expect(stdout.match(/^passed: .+$/gm)).toHaveLength(calls);
    },
  );
});
