import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Env } from "../../src/durable/environment.ts";
import { updateModels } from "../../src/durable/model-refresh.ts";
import { registryOf } from "../../src/durable/registry-object.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import type { ServedModels } from "../../src/model/model-host.ts";
import { publish, servedSha, setAlias, variantOf } from "./artifacts.ts";
import { type Answer, fetchJson, fetchWith } from "./gateway.ts";

const REASONS = ["too_few_episodes: 12, expected 30", "no_gain_over_persistence"];
const REFUSED = { verdict: "refused", reasons: REASONS, episodes: 12, gains: {} };
const PASSED = { ...REFUSED, verdict: "passed", reasons: [] };
const FORCE = { by: "Zoë <zoe@example.com>", reason: "“Nur” für den Test 📈\nsecond line" };

const registryStub = () => env.REGISTRY.get(env.REGISTRY.idFromName("registry"));
const clear = (alias = "champion") => fetchJson(`/admin/aliases/${alias}`, { method: "DELETE" });
const forcedNow = async () => (await fetchJson("/admin/aliases")).body.forced;

const gated = async (note: string, gate: unknown, alias: "champion" | "persistence" = "champion") =>
  await publish(await variantOf(alias, note, { gate }));

/** The same request under other bindings. */
function put(variables: Partial<Env>, sha256: string): Promise<Answer> {
  return fetchWith(variables, "/admin/aliases/champion", { method: "PUT", body: JSON.stringify({ sha256 }) });
}

/** The registry behind a door that handles `action` in its own way. */
function registryBehind(action: string, handle: () => Promise<Response>): DurableObjectNamespace {
  const get = (id: DurableObjectId) => {
    const stub = env.REGISTRY.get(id);
    return { fetch: (request: Request) => (request.url.endsWith(`/${action}`) ? handle() : stub.fetch(request)) };
  };
  return { idFromName: (name: string) => env.REGISTRY.idFromName(name), get } as unknown as DurableObjectNamespace;
}

const never = () => new Promise<never>(() => undefined);

describe("a model that its gate refused", () => {
  let sha256 = "";
  beforeAll(async () => {
    await updateModels(env);
    sha256 = await gated("refused", REFUSED);
  });

  it("is not made champion, and the reasons are named", async () => {
    const { status, body } = await setAlias("champion", sha256);
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: "gate_refused", reasons: REASONS });
    expect(body.detail).toBe(
      "gate: got a model refused for too_few_episodes: 12, expected 30, no_gain_over_persistence, " +
        "expected one that passed, or force with by and reason",
    );
    expect((await fetchJson("/admin/aliases")).body).toEqual({ aliases: BUNDLED, forced: {} });
    expect(servedSha("champion")).toBe(BUNDLED.champion);
  });

  it("is made champion by force, which is kept with who, why and against what, after a restart too", async () => {
    const before = Date.now();
    const { status, body } = await setAlias("champion", sha256, FORCE);
    expect([status, body]).toEqual([200, expect.objectContaining({ alias: "champion", serving: true, forced: true })]);
    expect(servedSha("champion")).toBe(sha256);
    const { champion, ...others } = await forcedNow();
    expect(others).toEqual({});
    expect(champion).toEqual({ sha256, at: expect.stringMatching(/Z$/), ...FORCE, gate_reasons: REASONS });
    expect(Date.parse(champion.at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(champion.at)).toBeLessThanOrEqual(Date.now());
    await evictDurableObject(registryStub());
    expect(await forcedNow()).toEqual({ champion });
    expect((await fetchJson("/admin/aliases")).body.aliases).toEqual({ ...BUNDLED, champion: sha256 });
  });

  it("is forced no more once the alias goes to another, or to none", async () => {
    const other = await gated("passed", PASSED);
    await setAlias("champion", sha256, FORCE);
    expect((await setAlias("champion", other)).body).toMatchObject({ serving: true, forced: false });
    expect(await forcedNow()).toEqual({});
    await setAlias("champion", sha256, FORCE);
    await setAlias("zscore", BUNDLED.persistence);
    expect(await forcedNow()).toMatchObject({ champion: { sha256 } });
    await clear("zscore");
    await clear();
    expect((await fetchJson("/admin/aliases")).body).toEqual({ aliases: BUNDLED, forced: {} });
  });

  it("may hold other aliases, which have no gate", async () => {
    const baseline = await gated("baseline", REFUSED, "persistence");
    expect((await setAlias("persistence", baseline)).body).toMatchObject({ serving: true, forced: false });
    expect(await forcedNow()).toEqual({});
    await clear("persistence");
  });

  it("needs whole words of who and why", async () => {
    const long = "x".repeat(201);
    const cases: readonly (readonly [unknown, string])[] = [
      [true, "force: got true, expected an object with by and reason"],
      [null, "force: got null, expected an object with by and reason"],
      [[], "force: got a list, expected an object with by and reason"],
      [{}, "force.by: got nothing, expected 1 to 200 characters"],
      [{ by: "me" }, "force.reason: got nothing, expected 1 to 200 characters"],
      [{ by: " ", reason: "r" }, 'force.by: got " ", expected 1 to 200 characters'],
      [{ by: "me", reason: "" }, 'force.reason: got "", expected 1 to 200 characters'],
      [{ by: long, reason: "r" }, "force.by: got 201 characters, expected 1 to 200 characters"],
      [{ by: "me", reason: 7 }, "force.reason: got 7, expected 1 to 200 characters"],
    ];
    for (const [force, detail] of cases) {
      const { status, body } = await setAlias("champion", sha256, force);
      expect([status, body.code, body.detail]).toEqual([400, "force_malformed", detail]);
    }
    expect((await fetchJson("/admin/aliases")).body).toEqual({ aliases: BUNDLED, forced: {} });
    expect((await setAlias("champion", sha256, { by: "m", reason: "x".repeat(200) })).status).toBe(200);
    await clear();
  });
});

describe("a model without a refusal", () => {
  it("is made champion without force, and force changes nothing", async () => {
    for (const [note, gate] of [["none", null] as const, ["gate passed", PASSED] as const]) {
      const sha256 = await gated(note, gate);
      expect((await setAlias("champion", sha256, FORCE)).body).toMatchObject({ serving: true, forced: false });
      expect(await forcedNow()).toEqual({});
    }
    await clear();
  });
});

describe("what PUT says of serving", () => {
  it("is false where this isolate could not read the registry back, and the next update makes it true", async () => {
    const sha256 = await gated("unread", null);
    const unreadable = registryBehind("snapshot", () => Promise.reject(new Error("network connection lost")));
    const { status, body } = await put({ REGISTRY: unreadable }, sha256);
    expect([status, body]).toEqual([200, expect.objectContaining({ sha256, serving: false })]);
    expect(servedSha("champion")).toBe(BUNDLED.champion);
    await updateModels(env);
    expect(servedSha("champion")).toBe(sha256);
    await clear();
  });
});

describe("what does not answer for five seconds", () => {
  let known = "";
  let refused: Answer;
  let served: ServedModels;
  let tookMs = 0;

  beforeAll(async () => {
    known = await gated("known", null);
    await setAlias("champion", known);
    const startMs = Date.now();
    const silentRegistry = Object.assign({}, env, { REGISTRY: registryBehind("snapshot", never) });
    const silentBucket = { get: never } as unknown as R2Bucket;
    [served, refused] = await Promise.all([
      updateModels(silentRegistry).finally(() => (tookMs = Date.now() - startMs)),
      put({ BUCKET: silentBucket }, "6".repeat(64)),
    ]);
  });
  afterAll(() => clear());

  it("is given up where it is the registry: what was known serves on", () => {
    expect(tookMs).toBeGreaterThanOrEqual(4900);
    expect(served.byAlias.champion?.manifest.onnxSha256).toBe(known);
  });

  it("makes PUT answer 503 with Retry-After where it is the bucket, and nothing is changed", async () => {
    const { status, headers, body } = refused;
    expect([status, body.code, headers.get("Retry-After")]).toEqual([503, "artifact_store_unavailable", "5"]);
    expect((await fetchJson("/admin/aliases")).body).toEqual({ aliases: { ...BUNDLED, champion: known }, forced: {} });
  });
});

describe("a write that fails", () => {
  /** Calls a method of the object itself while its storage refuses to write. */
  function withoutStorage<R>(stub: DurableObjectStub, call: (instance: object) => Promise<R>): Promise<R> {
    return runInDurableObject(stub, async (instance, { storage }) => {
      const { put: write } = storage;
      storage.put = () => Promise.reject(new Error("disk full"));
      try {
        return await call(instance);
      } finally {
        storage.put = write;
      }
    });
  }

  it("leaves the directory as it was, and the symbol can be added after", async () => {
    const stub = env.DIRECTORY.get(env.DIRECTORY.idFromName("bucket-test"));
    type Directory = Record<"add", (...symbols: string[]) => Promise<string[]>> & { list(): string[] };
    const call = <R>(work: (directory: Directory) => R) =>
      runInDurableObject(stub, (instance) => work(instance as unknown as Directory));
    expect(await call((directory) => directory.add("A"))).toEqual(["A"]);
    await expect(withoutStorage(stub, (it) => (it as Directory).add("B"))).rejects.toThrow("disk full");
    expect(await call((directory) => directory.list())).toEqual(["A"]);
    expect(await call((directory) => directory.add("B", "A"))).toEqual(["A", "B"]);
  });

  it("leaves the registry as it was", async () => {
    type Registry = Record<"setAlias", (...args: unknown[]) => Promise<unknown>>;
    const failing = withoutStorage(registryStub(), (it) => (it as Registry).setAlias("champion", "7".repeat(64), null));
    await expect(failing).rejects.toThrow("disk full");
    expect((await registryOf(env).read()).aliases).toEqual({});
  });

  it("is no danger to writes at the same time: every one is kept", async () => {
    const names = ["champion", "zscore", "persistence", "threshold-only"] as const;
    await Promise.all(names.map((alias) => registryOf(env).setAlias(alias, BUNDLED[alias])));
    await evictDurableObject(registryStub());
    const { champion, zscore, persistence, "threshold-only": thresholdOnly } = BUNDLED;
    const expected = { champion, zscore, persistence, "threshold-only": thresholdOnly };
    expect((await registryOf(env).read()).aliases).toEqual(expected);
    for (const alias of names) await clear(alias);
  });
});
