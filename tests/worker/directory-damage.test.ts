// One bucket of the directory with something wrong in it: what is whole stays, the rest comes back with its next tick.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { forgetSymbol } from "../../src/clients/directory.ts";
import { fnv1aOfText } from "../../src/features/fnv1a.ts";
import { fetchJson, ingest } from "./gateway.ts";
import { tick } from "./market.ts";

const bucketOf = (symbol: string) => env.DIRECTORY.get(env.DIRECTORY.idFromName(`bucket-${fnv1aOfText(symbol) % 16}`));

/** Names of one bucket. */
function together(count: number, bucket: number): string[] {
  const names = Array.from({ length: 500 }, (_, k) => `DIR-${k}`);
  return names.filter((name) => fnv1aOfText(name) % 16 === bucket).slice(0, count);
}

const ask = async (stub: DurableObjectStub, method: string, ...given: unknown[]): Promise<unknown> => {
  const headers = { "do-name": "x", "do-content": JSON.stringify(given) };
  const answer = await stub.fetch(new Request(`https://itty-durable.io/do/call/${method}`, { headers }));
  return answer.ok ? await answer.json() : answer.status;
};

describe("a bucket of the directory", () => {
  it("loses a damaged entry only, and has it again with its next tick", async () => {
    const [good = "", hurt = "", fresh = ""] = together(3, 1);
    await ingest([tick(good, 0), tick(hurt, 0)]);
    await runInDurableObject(bucketOf(good), (_, { storage }) => {
      storage.sql.exec("UPDATE names SET name = ? WHERE name = ?", "dir \u0000", hurt);
    });
    await evictDurableObject(bucketOf(good));
    for (const symbol of [good, hurt]) forgetSymbol(symbol);
    expect(await ask(bucketOf(good), "list")).toEqual([good]);
    expect((await fetchJson("/metrics")).status).toBe(200);
    expect((await ingest([tick(fresh, 0), tick(hurt, 1)])).body).toMatchObject({ accepted: 2, late: 0 });
    expect(((await ask(bucketOf(good), "list")) as string[]).sort()).toEqual([good, hurt, fresh].sort());
    expect((await fetchJson(`/symbols/${hurt}`)).body).toMatchObject({ batches: 2 });
  });

  for (const [what, data] of [
    ["a list of names", { symbols: ["OLD-A", "OLD-B"] }],
    ["damaged entries", { symbols: ["OLD-A", 7, null, "no name", "OLD-B"] }],
    ["a list and a field that is none", { symbols: ["OLD-A", "OLD-B"], list: 5, add: null, state: "x" }],
  ] as const) {
    it(`takes over what the version before stored: ${what}`, async () => {
      const stub = env.DIRECTORY.get(env.DIRECTORY.idFromName(`before ${what}`));
      await runInDurableObject(stub, (_, { storage }) => storage.put("data", data));
      await evictDurableObject(stub);
      expect(await ask(stub, "list")).toEqual(["OLD-A", "OLD-B"]);
      expect(await ask(stub, "entry", "OLD-A")).toEqual({ sinceMs: 0, isCreated: false });
      expect(await ask(stub, "add", "NEW-C")).toEqual(["OLD-A", "OLD-B", "NEW-C"]);
      await evictDurableObject(stub);
      expect(await ask(stub, "list")).toEqual(["OLD-A", "OLD-B", "NEW-C"]);
      expect(await ask(stub, "remove", "OLD-B")).toBe(true);
      await evictDurableObject(stub);
      expect(await ask(stub, "list")).toEqual(["OLD-A", "NEW-C"]);
    });
  }

  it("answers with what it has when the value of the version before cannot be decoded, and destroys nothing", async () => {
    const stub = env.DIRECTORY.get(env.DIRECTORY.idFromName("undecodable"));
    await runInDurableObject(stub, async (_, { storage }) => {
      await storage.put("data", { symbols: ["OLD-A"] });
    });
    await evictDurableObject(stub);
    await runInDurableObject(stub, (_, { storage }) => {
      Reflect.set(storage, "get", () => Promise.reject(new Error("unable to deserialize")));
    });
    expect(await ask(stub, "add", "NEW-B")).toEqual(["NEW-B"]);
    await evictDurableObject(stub);
    expect(((await ask(stub, "list")) as string[]).sort()).toEqual(["NEW-B", "OLD-A"]);
  });
});
