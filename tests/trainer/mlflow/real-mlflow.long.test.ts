import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { logRun, type MlflowRun } from "../../../trainer/run/mlflow/mlflow-client.ts";
import { missingPeers, peerPython } from "../../peers/python.ts";
import { type MlflowServer, startMlflowServer } from "./mlflow-server.ts";

const missing = missingPeers(["mlflow"]);
const skipped = missing === undefined ? "" : ` (skipped: ${missing})`;

const onnx = Uint8Array.from({ length: 3000 }, (_, i) => i % 251);
const run: MlflowRun = {
  name: "logistic, 6 December",
  startMs: 1_765_000_000_000,
  endMs: 1_765_000_060_000,
  params: Object.fromEntries(Array.from({ length: 230 }, (_, i) => [`param_${i}`, `value ${i}`])),
  metrics: {
    ...Object.fromEntries(Array.from({ length: 1100 }, (_, i) => [`fold/${i}`, i / 7])),
    "pr_auc[logistic]": 0.31,
    lift: NaN,
  },
  tags: { seed: "1", "volgate.note": "größer als 0,3" },
  artifacts: [
    { path: "logistic/model.onnx", bytes: onnx },
    { path: "report with spaces & ü.html", bytes: new TextEncoder().encode("<p>ü</p>") },
  ],
  model: { name: "logistic", alias: "candidate", artifactPath: "logistic" },
};

type Json = Readonly<Record<string, never>>;

async function asked(server: MlflowServer, path: string, query: Readonly<Record<string, string>>): Promise<Json> {
  const answer = await fetch(`${server.uri}/api/2.0/mlflow/${path}?${new URLSearchParams(query)}`);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Json;
}

describe.skipIf(missing !== undefined)(`a real MLflow server${skipped}`, () => {
  const python = peerPython(["mlflow"]);
  let folder: string;
  let server: MlflowServer;

  beforeAll(async () => {
    if ("missing" in python) throw new Error(python.missing);
    folder = mkdtempSync(join(tmpdir(), "volgate-mlflow-"));
    server = await startMlflowServer(python.path, folder);
  }, 120_000);
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("has the run, its figures, its files and the model's version under its alias", async () => {
    const result = await logRun(`${server.uri}/`, run, {});
    expect(result).toEqual({
      runId: expect.any(String),
      modelVersion: "1",
      failures: [],
      notes: ["metrics that are no numbers were left out: lift"],
    });
    const found = (await asked(server, "runs/get", { run_id: result.runId! })) as unknown as {
      run: { info: Json; data: Record<"params" | "metrics" | "tags", { key: string; value: string | number }[]> };
    };
    const { info, data } = found.run;
    expect(info).toMatchObject({
      run_name: run.name,
      status: "FINISHED",
      start_time: run.startMs,
      end_time: run.endMs,
    });
    expect(Object.fromEntries(data.params.map(({ key, value }) => [key, value]))).toEqual(run.params);
    const metrics = Object.fromEntries(data.metrics.map(({ key, value }) => [key, value]));
    expect(Object.keys(metrics)).toHaveLength(1101);
    expect(metrics).toMatchObject({ "fold/700": 100, pr_auc_logistic_: 0.31 });
    expect(data.tags).toContainEqual({ key: "volgate.note", value: "größer als 0,3" });
    for (const { path, bytes } of run.artifacts) {
      const query = new URLSearchParams({ run_id: result.runId!, path });
      const stored = await fetch(`${server.uri}/get-artifact?${query}`);
      expect(new Uint8Array(await stored.arrayBuffer())).toEqual(bytes);
    }
    const alias = await asked(server, "registered-models/alias", { name: "volgate-logistic", alias: "candidate" });
    expect(alias).toMatchObject({ model_version: { version: "1", run_id: result.runId } });
  });

  it("gets the next version from the next run, in the same experiment, and the alias moves", async () => {
    const experiment = "others";
    const small = { ...run, params: {}, metrics: {}, model: { ...run.model!, alias: "champion" as const } };
    const [a, b] = [
      await logRun(server.uri, small, { MLFLOW_EXPERIMENT_NAME: experiment }),
      await logRun(server.uri, small, { MLFLOW_EXPERIMENT_NAME: experiment }),
    ];
    expect([a.failures, b.failures]).toEqual([[], []]);
    expect(Number(b.modelVersion)).toBe(Number(a.modelVersion) + 1);
    const alias = await asked(server, "registered-models/alias", { name: "volgate-logistic", alias: "champion" });
    expect(alias).toMatchObject({ model_version: { version: b.modelVersion } });
    const found = await asked(server, "experiments/get-by-name", { experiment_name: experiment });
    expect(found).toMatchObject({ experiment: { name: "others" } });
  });

  it("that refuses something leaves the rest logged", async () => {
    const refused = { ...run, params: {}, metrics: {}, model: { ...run.model!, name: "a/b" } };
    const { runId, modelVersion, failures } = await logRun(server.uri, refused, {});
    expect([runId === null, modelVersion]).toEqual([false, null]);
    expect(failures).toEqual([{ step: "model", message: expect.stringContaining("INVALID_PARAMETER_VALUE") }]);
    expect(await asked(server, "runs/get", { run_id: runId! })).toMatchObject({
      run: { info: { status: "FINISHED" } },
    });
  });
});
