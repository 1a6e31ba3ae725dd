import { afterEach, describe, expect, it } from "vitest";
import { logRun, type MlflowRun } from "../../../trainer/run/mlflow/mlflow-client.ts";
import { RecordedClock } from "../../requests/recorded-clock.ts";
import { type Asked, type FakeMlflow, startFakeMlflow } from "./fake-mlflow.ts";

const run: MlflowRun = {
  name: "r",
  startMs: 1000,
  endMs: 2000,
  params: { a: "1" },
  metrics: { b: 2 },
  tags: {},
  artifacts: [{ path: "logistic/model.onnx", bytes: Uint8Array.of(1, 2, 3) }],
  model: { name: "logistic", alias: "champion", artifactPath: "logistic" },
};
const QUICK = { timeoutMs: 300, pausesMs: [500, 2000], clock: new RecordedClock() };

const error = (status: number, code: string) => ({ status, body: JSON.stringify({ error_code: code, message: "no" }) });
const paths = ({ asked }: FakeMlflow): string[] => asked.map(({ path }) => path.replace("/api/2.0/mlflow", ""));

describe("a run for MLflow", () => {
  let fake: FakeMlflow;
  afterEach(() => fake.stop());

  const log = async (...how: Parameters<typeof startFakeMlflow>) => {
    fake = await startFakeMlflow(...how);
    return await logRun(fake.uri, run, { MLFLOW_TRACKING_TOKEN: "secret" }, QUICK);
  };

  it("is logged in this order, each request with the credentials", async () => {
    expect(await log()).toEqual({ runId: "run1", modelVersion: "3", failures: [], notes: [] });
    expect(paths(fake)).toEqual([
      "/experiments/get-by-name",
      "/runs/create",
      "/runs/log-batch",
      "/runs/log-batch",
      "-artifacts/artifacts/0/run1/artifacts/logistic/model.onnx",
      "/registered-models/create",
      "/model-versions/create",
      "/registered-models/alias",
      "/runs/update",
    ]);
    expect(new Set(fake.asked.map(({ authorization }) => authorization))).toEqual(new Set(["Bearer secret"]));
    const bodies = fake.asked.filter(({ method }) => method === "POST").map(({ body }) => JSON.parse(String(body)));
    expect(bodies[0]).toEqual({ experiment_id: "7", run_name: "r", start_time: 1000 });
    expect(bodies.at(-1)).toEqual({ run_id: "run1", status: "FINISHED", end_time: 2000 });
    expect(bodies.at(-2)).toEqual({ name: "volgate-logistic", alias: "champion", version: "3" });
  });

  it("makes the experiment that is not there, also when another run makes it first", async () => {
    const missing = (path: string, before: number) =>
      path.endsWith("get-by-name") && before === 0 ? error(404, "RESOURCE_DOES_NOT_EXIST") : undefined;
    const raced = await log(({ path }, before) =>
      path.endsWith("experiments/create") ? error(400, "RESOURCE_ALREADY_EXISTS") : missing(path, before),
    );
    expect([raced.runId, raced.failures]).toEqual(["run1", []]);
    expect(paths(fake).slice(0, 3)).toEqual([
      "/experiments/get-by-name",
      "/experiments/create",
      "/experiments/get-by-name",
    ]);
  });

  it("says that its experiment is deleted", async () => {
    const body = JSON.stringify({ experiment: { experiment_id: "7", lifecycle_stage: "deleted" } });
    const { runId, failures } = await log(() => ({ status: 200, body }));
    expect(runId).toBeNull();
    expect(failures).toEqual([{ step: "experiment", message: expect.stringContaining("volgate: is deleted") }]);
  });

  it("tries again what the server failed at twice, and then gives up that step alone", async () => {
    const failing = (times: number) => (asked: Asked, before: number) =>
      asked.path.includes("model.onnx") && before < times ? error(500, "INTERNAL_ERROR") : undefined;
    expect((await log(failing(2))).failures).toEqual([]);
    fake.stop();
    const { failures, modelVersion } = await log(failing(3));
    expect(failures).toEqual([
      {
        step: "artifact logistic/model.onnx",
        message: expect.stringContaining("got 500, INTERNAL_ERROR no, after 3 attempts"),
      },
    ]);
    expect(modelVersion).toBeNull();
    expect(paths(fake)).not.toContain("/model-versions/create");
    expect(paths(fake).at(-1)).toBe("/runs/update");
  });

  it("is never made twice by a retry", async () => {
    const { failures } = await log(({ path }) =>
      path.endsWith("runs/create") ? error(500, "INTERNAL_ERROR") : undefined,
    );
    expect(failures.map(({ step }) => step)).toEqual(["run"]);
    expect(paths(fake)).toEqual(["/experiments/get-by-name", "/runs/create"]);
    fake.stop();
    const busy = await log(({ path }, before) =>
      path.endsWith("runs/create") && before === 0 ? error(503, "TEMPORARILY_UNAVAILABLE") : undefined,
    );
    expect([busy.runId, busy.failures]).toEqual(["run1", []]);
  });

  it("waits for a stalled server until the deadline, and sends it no further request", async () => {
    const began = performance.now();
    const { runId, failures } = await log(({ path }) => (path.endsWith("log-batch") ? "stall" : undefined));
    expect(performance.now() - began).toBeLessThan(2000);
    expect(runId).toBe("run1");
    expect(failures).toEqual([{ step: "params", message: expect.stringContaining("no answer in time") }]);
    expect(paths(fake).at(-1)).toBe("/runs/log-batch");
  });

  it("names the failure where no server listens, and where one other than MLflow does", async () => {
    fake = await startFakeMlflow();
    fake.stop();
    const gone = await logRun(fake.uri, run, {}, QUICK);
    expect(gone).toMatchObject({ runId: null, modelVersion: null });
    expect(gone.failures).toEqual([{ step: "experiment", message: expect.stringContaining("ECONNREFUSED") }]);
    const page = await log(() => ({ status: 200, body: "<html>hello</html>" }));
    expect(page.failures).toEqual([{ step: "experiment", message: expect.stringContaining("got 200, <html>hello") }]);
    fake.stop();
    const other = await log(() => ({ status: 200, body: '{"experiment":{"experiment_id":{}}}' }));
    expect(other.failures[0]!.message).toBe("answer.experiment_id: got object, expected a text");
    fake.stop();
    const closed = await log(() => error(401, "UNAUTHENTICATED"));
    expect(closed.failures[0]!.message).toContain("got 401, UNAUTHENTICATED");
    expect(closed.failures[0]!.message).not.toContain("secret");
  });

  it("keeps artifacts and model here, with a note, when the server proxies none", async () => {
    for (const place of ["s3://bucket/0/run1/artifacts", "/srv/mlruns/0/run1", "mlflow-artifacts://other:1/0/run1"]) {
      const { failures, modelVersion, notes } = await log(undefined, place);
      expect([failures, modelVersion]).toEqual([[], null]);
      expect(notes).toEqual([expect.stringContaining("artifacts and model stay here")]);
      expect(paths(fake).some((path) => path.startsWith("-artifacts"))).toBe(false);
      fake.stop();
    }
  });

  it("does not let an artifact leave its folder", async () => {
    fake = await startFakeMlflow();
    for (const path of ["../x", "/x", "a//b", "."]) {
      const { failures } = await logRun(
        fake.uri,
        { ...run, artifacts: [{ path, bytes: Uint8Array.of(1) }] },
        {},
        QUICK,
      );
      expect(failures).toEqual([
        { step: `artifact ${path}`, message: expect.stringContaining("expected a relative one") },
      ]);
    }
    expect(fake.asked.some(({ method }) => method === "PUT")).toBe(false);
  });

  it("is not sent when the address is malformed", async () => {
    fake = await startFakeMlflow();
    const { runId, failures } = await logRun("sqlite:///x.db", run, {}, QUICK);
    expect([runId, failures.map(({ step }) => step), fake.asked.length]).toEqual([null, ["settings"], 0]);
  });
});
