import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { updateModels } from "../../src/model-refresh.ts";
import { registryOf } from "../../src/clients/registry.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import type { ServedModels } from "../../src/model/model-host.ts";
import { PASSED, bundledModels, servedSha, setAlias } from "./artifacts.ts";
import { type Answer } from "./gateway.ts";
import { aliasesNow, clear, gated, put, registryStub } from "./gated-models.ts";

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

describe("what PUT says of serving", () => {
  beforeEach(bundledModels);

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
    expect(await aliasesNow()).toEqual({
      aliases: { ...BUNDLED, champion: known, predecessor: BUNDLED.champion },
      forced: {},
    });
  });
});

describe("a write that fails", () => {
  beforeEach(bundledModels);

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
    await (await stub.fetch("https://itty-durable.io/do/call/list")).text();
    type Directory = Record<"add", (...symbols: string[]) => Promise<string[]>> & { list(): string[] };
    const call = <R>(work: (directory: Directory) => R) =>
      runInDurableObject(stub, (instance) => work(instance as unknown as Directory));
    expect(await call((directory) => directory.add("A"))).toEqual(["A"]);
    const sql = (text: string) => runInDurableObject(stub, (_, { storage }) => void storage.sql.exec(text));
    await sql("CREATE TRIGGER full BEFORE INSERT ON names BEGIN SELECT RAISE(ABORT, 'disk full'); END");
    await expect(call((directory) => directory.add("B"))).rejects.toThrow("disk full");
    expect(await call((directory) => directory.list())).toEqual(["A"]);
    await sql("DROP TRIGGER full");
    expect(await call((directory) => directory.add("B", "A"))).toEqual(["A", "B"]);
  });

  it("leaves the registry as it was", async () => {
    type Registry = Record<"setAlias", (...args: unknown[]) => Promise<unknown>>;
    const failing = withoutStorage(registryStub(), (it) => (it as Registry).setAlias("champion", "7".repeat(64), null));
    await expect(failing).rejects.toThrow("disk full");
    expect((await registryOf(env).read()).aliases).toEqual({});
  });

  it("is not attempted with a malformed argument, which is named", async () => {
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
