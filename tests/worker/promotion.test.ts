import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Env } from "../../src/settings.ts";
import { updateModels } from "../../src/model-refresh.ts";
import { readRegistrySnapshot, readStoredRegistry } from "../../src/durable/registry/registry-state.ts";
import { registryOf } from "../../src/clients/registry.ts";
import { recordLog } from "../../src/log.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import type { ServedModels } from "../../src/model/model-host.ts";
import { handMade, PASSED, publish, servedSha, setAlias, variantOf } from "./artifacts.ts";
import { type Answer, fetchJson, fetchWith } from "./gateway.ts";

const REASONS = ["too_few_episodes: 12, expected 30", "no_gain_over_persistence"];
const REFUSED = { verdict: "refused", reasons: REASONS, episodes: 12, gains: {} };
const FORCE = { by: "Zoë <zoe@example.com>", reason: "“Nur” für den Test 📈\nsecond line" };

const registryStub = () => env.REGISTRY.get(env.REGISTRY.idFromName("registry"));
const clear = (alias = "champion") => fetchJson(`/admin/aliases/${alias}`, { method: "DELETE" });
const forcedNow = async () => (await fetchJson("/admin/aliases")).body.forced;
const historyNow = async () => (await fetchJson("/admin/aliases")).body.forced_history;
/** What `GET /admin/aliases` says of the present. */
const aliasesNow = async () => {
  const { aliases, forced } = (await fetchJson("/admin/aliases")).body;
  return { aliases, forced };
};

const gated = async (note: string, gate: unknown, alias: "champion" | "persistence" = "champion") =>
  await publish(await variantOf(alias, note, { gate }));

/** The same request under other bindings. */
function put(variables: Partial<Env>, sha256: string): Promise<Answer> {
  return fetchWith(variables, "/admin/aliases/champion", { method: "PUT", body: JSON.stringify({ sha256 }) });
}

/** The registry behind a door that handles `action` in its own way. */
function registryBehind(
  action: string,
  handle: (pass: () => Promise<Response>) => Promise<Response>,
): DurableObjectNamespace {
  const get = (id: DurableObjectId) => {
    const stub = env.REGISTRY.get(id);
    const pass = (request: Request) => stub.fetch(request);
    return {
      fetch: (request: Request) => {
        return request.url.endsWith(`/${action}`) ? handle(() => pass(request)) : pass(request);
      },
    };
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
    expect(await aliasesNow()).toEqual({ aliases: BUNDLED, forced: {} });
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
    expect(await aliasesNow()).toEqual({ aliases: BUNDLED, forced: {} });
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
    expect(await aliasesNow()).toEqual({ aliases: BUNDLED, forced: {} });
    expect((await setAlias("champion", sha256, { by: "m", reason: "x".repeat(200) })).status).toBe(200);
    await clear();
  });
});

describe("a model that passed its gate, or needs none", () => {
  it("is made champion without force, and force changes nothing", async () => {
    const before = await historyNow();
    const models: readonly (readonly [string, string])[] = [
      ["one that passed", await gated("gate passed", PASSED)],
      ["a baseline", await gated("baseline without a gate", null, "persistence")],
      ["a bundled one", BUNDLED.champion],
    ];
    for (const [what, sha256] of models) {
      for (const force of [undefined, FORCE]) {
        const { status, body } = await setAlias("champion", sha256, force);
        expect([what, status, body]).toEqual([what, 200, expect.objectContaining({ serving: true, forced: false })]);
        expect(await forcedNow()).toEqual({});
      }
    }
    expect(await historyNow()).toEqual(before);
    await clear();
  });
});

describe("a model whose manifest knows no verdict", () => {
  it("is refused as no_gate, unless it is forced", async () => {
    const sha256 = await gated("null", null);
    const { status, body } = await setAlias("champion", sha256);
    expect([status, body.code, body.reasons]).toEqual([409, "gate_refused", ["no_gate"]]);
    expect(body.detail).toBe(
      "gate: got a model without a verdict, expected one that passed, or force with by and reason",
    );
    expect(servedSha("champion")).toBe(BUNDLED.champion);
    expect((await setAlias("champion", sha256, FORCE)).body).toMatchObject({ serving: true, forced: true });
    expect(await forcedNow()).toMatchObject({ champion: { sha256, gate_reasons: ["no_gate"] } });
    await clear();
  });

  it("cannot leave the gate out", async () => {
    const { status, body } = await setAlias("champion", await gated("absent", undefined), FORCE);
    expect([status, body.code]).toEqual([409, "artifact_manifest_invalid"]);
    expect(body.detail).toContain("manifest.gate: got nothing, expected an object, or null where no gate applies");
  });

  it("may hold aliases that have no gate", async () => {
    const sha256 = await publish(await handMade("good", { family: "foreign", gate: null }, "no gate"));
    expect((await setAlias("persistence", sha256)).body).toMatchObject({ serving: true, forced: false });
    await clear("persistence");
  });
});

describe("the history of forced promotions", () => {
  it("outlasts the promotion, other promotions and a restart, newest first, and each is logged", async () => {
    const before = await historyNow();
    const [first, second] = [await gated("first", REFUSED), await gated("second", null)];
    const log = vi.spyOn(console, "warn").mockReturnValue();
    await setAlias("champion", first, { by: "ada", reason: "drill" });
    await setAlias("champion", second, FORCE);
    await setAlias("champion", first);
    const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)) as object);
    log.mockRestore();
    await clear();
    await evictDurableObject(registryStub());
    const at = expect.stringMatching(/Z$/) as string;
    const newest = { alias: "champion", sha256: second, at, ...FORCE, gate_reasons: ["no_gate"] };
    const older = { alias: "champion", sha256: first, at, by: "ada", reason: "drill", gate_reasons: REASONS };
    expect(await historyNow()).toEqual([newest, older, ...before]);
    expect(lines).toEqual([older, newest].map((promotion) => ({ event: "forced_promotion", ...promotion })));
    expect(await aliasesNow()).toEqual({ aliases: BUNDLED, forced: {} });
  });

  it("keeps the last hundred, however long their texts are", async () => {
    const long = "长".repeat(200);
    const gateReasons = Array.from({ length: 20 }, () => long);
    await runInDurableObject(registryStub(), async (object, { storage }) => {
      const registry = object as unknown as Record<"setAlias", (...args: string[]) => Promise<unknown>>;
      for (let atMs = 0; atMs < 103; atMs++) {
        const promotion = { sha256: BUNDLED.champion, atMs, by: long, reason: long, gateReasons };
        await registry.setAlias("champion", BUNDLED.champion, JSON.stringify(promotion));
      }
      expect((await storage.get<{ forcedHistory: unknown[] }>("data"))?.forcedHistory).toHaveLength(100);
    });
    await evictDurableObject(registryStub());
    const history = await registryOf(env).readForcedHistory();
    expect(history.map(({ atMs }) => atMs)).toEqual(Array.from({ length: 100 }, (_, i) => 102 - i));
    expect(history[99]).toEqual({
      ...{ alias: "champion", sha256: BUNDLED.champion, atMs: 3 },
      ...{ by: long, reason: long, gateReasons },
    });
    await clear();
  });

  it("is read without what is no promotion", async () => {
    const good = { alias: "champion", sha256: BUNDLED.champion, atMs: 0, by: "b", reason: "r", gateReasons: [] };
    const unreadable = [null, 7, {}, { ...good, alias: "emperor" }, { ...good, by: 1 }];
    const events: unknown[] = [];
    recordLog((_, event, { count }) => events.push([event, count]));
    const read = (forcedHistory: unknown) => readStoredRegistry({ forcedHistory }).forcedHistory;
    expect(read([...unreadable, good])).toEqual([good]);
    expect(events).toEqual([["registry_state_unreadable", 5]]);
    for (const value of [undefined, null, {}, "x"]) expect(read(value)).toEqual([]);
    recordLog();
  });

  it("holds an alias only while its artifact does, and an answer that is none at all is refused", () => {
    const force = { sha256: "a", atMs: 0, by: "b", reason: "r", gateReasons: [] };
    const answer = { aliases: { champion: "a", rows: "b" }, forced: { champion: force, rows: force, zscore: force } };
    const { aliases, forced, notices, experiment } = readRegistrySnapshot(answer);
    expect([aliases, forced, notices, experiment]).toEqual([answer.aliases, { champion: force }, [], null]);
    for (const value of [undefined, null, "gone", []]) {
      expect(() => readRegistrySnapshot(value)).toThrow(/^registry: got .*, expected an object$/);
    }
  });
});

describe("what PUT says of serving", () => {
  it("is false where this isolate could not read the registry back, and the next update makes it true", async () => {
    const sha256 = await gated("unread", PASSED);
    let reads = 0;
    const unreadable = registryBehind("snapshot", (pass) => {
      reads += 1;
      return reads === 1 ? pass() : Promise.reject(new Error("network connection lost"));
    });
    const { status, body } = await put({ REGISTRY: unreadable }, sha256);
    expect([status, body, reads]).toEqual([200, expect.objectContaining({ sha256, serving: false }), 2]);
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
    known = await gated("known", PASSED);
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
    expect(await aliasesNow()).toEqual({ aliases: { ...BUNDLED, champion: known }, forced: {} });
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

  it("is not even tried with an argument that is none, and the argument is named", async () => {
    type Registry = Record<"setAlias" | "addNotice", (...args: unknown[]) => Promise<unknown>>;
    const call = (work: (registry: Registry) => Promise<unknown>) =>
      runInDurableObject(registryStub(), (instance) => work(instance as unknown as Registry));
    const sha256 = "7".repeat(64);
    for (const [args, message] of [
      [["emperor", sha256], 'alias: got "emperor", expected one of champion, challenger'],
      [["champion", "7"], 'sha256: got "7", expected 64 hexadecimal digits'],
      [["champion", sha256, '{"by":"ada"}'], "forced.sha256: got nothing, expected a text"],
      [["champion", sha256, null, '{"atMs":1,"by":"me"}'], 'cause.by: got "me", expected one of admin, rule, rollback'],
      [["champion", sha256, null, null, '{"share":2}'], "settings.share: got 2, expected a number above 0 and at most"],
    ] as const) {
      await expect(call((registry) => registry.setAlias(...args))).rejects.toThrow(message);
    }
    await expect(call((registry) => registry.addNotice('{"atMs":1}'))).rejects.toThrow("notice.symbol: got nothing");
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
