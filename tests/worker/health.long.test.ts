// What /health says of faults, each injected where it would occur. The first tests need an isolate that knows nothing.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { forgetSymbol } from "../../src/clients/directory.ts";
import { fnv1aOfText } from "../../src/features/fnv1a.ts";
import { modelHost } from "../../src/model/model-host.ts";
import { updateModels } from "../../src/model-refresh.ts";
import type { IsolateReport } from "../../src/health/isolate-report.ts";
import type { Env } from "../../src/settings.ts";
import { FAILING } from "./archive-desk.ts";
import { bundledModels, handMade, publish, setAlias, variantOf } from "./artifacts.ts";
import { fetchJson, fetchWith, ingest, metric, predictFresh, sqlOf, stubOf } from "./gateway.ts";
import { START_MS, WARM_TICKS, market, tick } from "./market.ts";

const gone = { idFromName: () => "x", get: () => ({ fetch: () => Promise.reject(new Error("gone")) }) };
const never = () => new Promise<never>(() => undefined);
const silent = { idFromName: () => "x", get: () => ({ read: never, report: never }) };

async function health(variables: Partial<Env> = {}) {
  const { status, body } = await fetchWith(variables, "/health");
  expect(status).toBe(200);
  return body as {
    readonly status: string;
    readonly ready: boolean;
    readonly reasons: readonly { readonly code: string; readonly subjects: readonly string[] }[];
    readonly isolates: number;
    readonly serving: readonly unknown[];
  };
}

/** The one reason that `/health` gives. */
async function onlyReason(variables: Partial<Env> = {}) {
  const { status, reasons } = await health(variables);
  expect([status, reasons.map(({ code }) => code)]).toEqual(["degraded", [expect.any(String)]]);
  return reasons[0];
}

/** An isolate keeps the reports of others for a second. */
const soon = (assertion: () => Promise<unknown>) => vi.waitFor(assertion, { timeout: 60_000, interval: 250 });

const expectHealthy = async () => expect(await health()).toMatchObject({ status: "healthy", ready: true, reasons: [] });

async function readiness(variables: Partial<Env> = {}): Promise<number> {
  return (await fetchWith(variables, "/health/ready")).status;
}

describe("/health of a gateway whose directory does not answer", () => {
  it("is degraded and not ready, but alive; and healthy when it answers again", async () => {
    const WITHOUT_DIRECTORY = { DIRECTORY: gone as unknown as Env["DIRECTORY"] };
    const reason = await onlyReason(WITHOUT_DIRECTORY);
    expect(reason).toMatchObject({ code: "directory_unavailable", count: 16, message: "Error: gone" });
    expect(await readiness(WITHOUT_DIRECTORY)).toBe(503);
    expect((await fetchWith(WITHOUT_DIRECTORY, "/health/live")).body).toEqual({ status: "alive" });
    // A part of the directory that failed is read again after two seconds.
    await soon(expectHealthy);
    expect(await readiness()).toBe(200);
  });
});

describe("/health of a gateway of whose directory a part does not answer", () => {
  it("is degraded but ready: only new symbols of that part are not taken", async () => {
    const { DIRECTORY } = env;
    const away = DIRECTORY.idFromName("bucket-3");
    const partly = {
      idFromName: (name: string) => DIRECTORY.idFromName(name),
      get: (id: DurableObjectId) => (id.equals(away) ? gone.get() : DIRECTORY.get(id)),
    };
    const variables = { DIRECTORY: partly as unknown as Env["DIRECTORY"] };
    forgetSymbol(nameInBucket(3));
    expect(await onlyReason(variables)).toMatchObject({ code: "directory_unavailable", subjects: ["bucket 3"] });
    expect(await readiness(variables)).toBe(200);
    await soon(expectHealthy);
  });
});

/** Some symbol that the directory keeps in this part. */
function nameInBucket(index: number): string {
  const names = Array.from({ length: 1000 }, (_, i) => `H-${i}`);
  return names.find((name) => fnv1aOfText(name) % 16 === index)!;
}

describe("/health of a symbol that fails", () => {
  beforeAll(async () => {
    await ingest([tick("H-GOOD", 0), tick("H-FULL", 0), tick("H-BROKEN", 0), tick("H-BROKEN", 1)]);
  });

  it("names a symbol whose batches are not taken; not ready when those of no symbol are", async () => {
    const full = "CREATE TRIGGER full BEFORE INSERT ON slots BEGIN SELECT RAISE(ABORT, 'disk is full'); END";
    await sqlOf("H-FULL", full);
    expect((await ingest(tick("H-FULL", 1))).status).toBe(503);
    const reason = { code: "ingest_failed", count: 1, subjects: ["H-FULL"], message: expect.stringContaining("full") };
    expect(await onlyReason()).toMatchObject(reason);
    expect(await metric("volgate_degraded", { reason: "ingest_failed" })).toBe(1);
    expect(await readiness()).toBe(503);
    await scheduler.wait(2);
    expect((await ingest(tick("H-GOOD", 1))).status).toBe(200);
    expect(await onlyReason()).toMatchObject(reason);
    expect(await readiness()).toBe(200);
    await sqlOf("H-FULL", "DROP TRIGGER full");
    expect((await ingest(tick("H-FULL", 1))).status).toBe(200);
    await expectHealthy();
  });

  it("names a symbol whose database is broken when it is asked", async () => {
    await sqlOf("H-BROKEN", "ALTER TABLE snapshot RENAME TO lost");
    await runInDurableObject(stubOf("H-BROKEN"), (instance) => void Object.assign(instance, { predict: fail }));
    expect((await predictFresh("H-BROKEN")).body).toMatchObject({ status: 503, code: "symbol_failed" });
    expect(await onlyReason()).toMatchObject({ code: "symbol_failed", subjects: ["H-BROKEN"] });
    await sqlOf("H-BROKEN", "ALTER TABLE lost RENAME TO snapshot");
    await evictDurableObject(stubOf("H-BROKEN"));
    expect((await predictFresh("H-BROKEN")).status).toBe(200);
    await expectHealthy();
  });

  it("says how much waits for an archive that fails, and that batches are refused at 64 MB", async () => {
    const work = (bucket: R2Bucket) =>
      runInDurableObject(stubOf("H-GOOD"), async (instance) => {
        Object.assign(instance.background.archive!, { bucket, failedAtMs: -Infinity });
        await instance.alarm();
      });
    await runInDurableObject(stubOf("H-GOOD"), ({ live }) => {
      const judged = { seq: 3, rows: new Float64Array((64 * 1024 * 1024) / 8), verdicts: undefined, heldVerdict: null };
      const times = { lastTsMs: START_MS, writtenAtMs: 0, watermarkMs: START_MS };
      live!.engine.archive!.addBatch({ ...judged, ...times, producer: null, producerSeq: null });
    });
    await work(FAILING);
    expect((await ingest(tick("H-GOOD", 2))).status).toBe(429);
    expect(await readiness()).toBe(503);
    const { status, reasons } = await health();
    expect(status).toBe("degraded");
    expect(reasons).toEqual([
      expect.objectContaining({ code: "ingest_failed", message: "archive_backlog", subjects: ["H-GOOD"] }),
      expect.objectContaining({ code: "archive_failed", message: "67.1 MB wait; Error: R2 is away", count: 1 }),
      expect.objectContaining({ code: "archive_backlog", subjects: ["H-GOOD"], message: "67.1 MB wait" }),
    ]);
    await evictDurableObject(stubOf("H-GOOD"));
    expect((await ingest(tick("H-GOOD", 2))).status).toBe(200);
    await expectHealthy();
  });
});

const fail = () => Promise.reject(new Error("no such table: snapshot"));

describe("/health of the models", () => {
  beforeAll(() => ingest(market("H-WARM", WARM_TICKS)).then(() => undefined));
  beforeEach(bundledModels);

  it("names the symbols to which the champion gives no probability, whatever the reason", async () => {
    const label = { ...(await fetchJson("/symbols/H-WARM")).body.labels[0], horizonSteps: 30 };
    for (const [artifact, message] of [
      [await variantOf("champion", "unfit", { label }), /^label_spec_refused: /],
      [await handMade("nanOnHuge", { features: ["rv_60_over_tau"] }), /^scoring_error: /],
    ] as const) {
      expect((await setAlias("champion", await publish(artifact))).status, String(message)).toBe(200);
      if (message.source.includes("scoring")) breakChampion();
      await ingest(tick("H-WARM", WARM_TICKS + 10));
      await predictFresh("H-WARM");
      const found = await onlyReason();
      expect(found).toMatchObject({ code: "no_probability", subjects: ["H-WARM"] });
      expect(found).toMatchObject({ message: expect.stringMatching(message) });
      await bundledModels();
      await predictFresh("H-WARM");
      await expectHealthy();
    }
  });

  it("says that the registry is gone, also when models are served that it named before", async () => {
    await updateModels(Object.assign({}, env, { REGISTRY: gone as unknown as Env["REGISTRY"] }));
    expect(await onlyReason()).toMatchObject({ code: "registry_unavailable", message: "Error: gone" });
    expect(await readiness()).toBe(200);
    await updateModels(env);
    await expectHealthy();
  });

  it("and /metrics show what other isolates serve, such as those of the objects", async () => {
    const fault = { subject: "gateway", message: "Out of memory", sinceMs: Date.now(), lastMs: Date.now() };
    const report: IsolateReport = {
      isolate: "theirs",
      models: [{ alias: "champion", version: "older", sha256: "a".repeat(64), standIn: true, evidence: "simulated" }],
      refusals: [{ alias: "zscore", code: "hash_mismatch" }],
      swaps: 3,
      areModelsKnown: false,
      lastBatchMs: null,
      faults: [{ ...fault, code: "runtime_failed" }],
    };
    const stub = env.HEALTH.get(env.HEALTH.idFromName("health"));
    await stub.report(report);
    onTestFinished(async () => {
      await runInDurableObject(stub, (_, { storage }) => void storage.kv.delete("theirs"));
      await evictDurableObject(stub);
    });
    // An object that nobody asks loses its memory.
    await evictDurableObject(stub);
    const expected = { code: "runtime_failed", count: 1, message: "Out of memory" };
    await soon(async () => expect(await onlyReason()).toMatchObject(expected));
    const { isolates, serving } = await health();
    expect(isolates).toBe(2);
    const theirs = {
      alias: "champion",
      version: "older",
      sha256: "a".repeat(64),
      stand_in: true,
      evidence: "simulated",
      isolates: 1,
    };
    expect(serving).toContainEqual(theirs);
    for (const [name, labels, value] of [
      ["volgate_model_info", { alias: "champion", version: "older", evidence: "simulated" }, 1],
      ["volgate_model_stand_in", { alias: "champion" }, 1],
      ["volgate_model_refused", { alias: "zscore", code: "hash_mismatch" }, 1],
      ["volgate_isolates", {}, 2],
    ] as const) {
      expect(await metric(name, labels), name).toBe(value);
    }
  });

  it("says that other isolates are not known when they cannot be asked, and does not wait for them", async () => {
    await soon(expectHealthy);
    await scheduler.wait(1_100);
    const variables = { HEALTH: silent as unknown as Env["HEALTH"] };
    const reason = await onlyReason(variables);
    expect(reason).toMatchObject({
      code: "health_unavailable",
      message: "ObjectTimeoutError: health: no answer in 1500 ms",
    });
    // The next reads do not wait until it is asked again, after five seconds.
    const startMs = Date.now();
    expect(await onlyReason(variables)).toMatchObject({ code: "health_unavailable" });
    expect(Date.now() - startMs).toBeLessThan(1_000);
    await soon(expectHealthy);
  });

  it("asks for other isolates' reports once for many readers at one moment", async () => {
    await soon(expectHealthy);
    await scheduler.wait(1_100);
    let reads = 0;
    const stub = env.HEALTH.get(env.HEALTH.idFromName("health"));
    const read = () => {
      reads += 1;
      return stub.read();
    };
    const HEALTH = { idFromName: () => "x", get: () => ({ read, report: never }) } as unknown as Env["HEALTH"];
    await Promise.all(Array.from({ length: 50 }, () => health({ HEALTH })));
    // One a second.
    expect(reads).toBeLessThan(5);
  });
});

/** The champion gives NaN from now on, as one that passed its warm-up may. */
function breakChampion(): void {
  const champion = modelHost.serving.byAlias.champion!;
  Object.assign(champion, { score: () => Promise.resolve({ probabilities: new Float32Array(1).fill(NaN) }) });
}
