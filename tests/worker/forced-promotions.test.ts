import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { readRegistrySnapshot, readStoredRegistry } from "../../src/durable/registry/registry-state.ts";
import { registryOf } from "../../src/clients/registry.ts";
import { recordLog } from "../../src/log.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { bundledModels, setAlias } from "./artifacts.ts";
import { FORCE, REASONS, REFUSED, aliasesNow, clear, gated, historyNow, registryStub } from "./gated-models.ts";

beforeEach(bundledModels);

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
    expect(await historyNow()).toEqual([newest, older, ...before].slice(0, 100));
    const logged = { level: "warn", event: "forced_promotion", request_id: expect.any(String) as string };
    expect(lines).toMatchObject([older, newest].map((promotion) => ({ ...logged, ...promotion })));
    expect(await aliasesNow()).toEqual({ aliases: { ...BUNDLED, predecessor: second }, forced: {} });
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
    const read = (forcedHistory: unknown) => readStoredRegistry({ forcedHistory }, BUNDLED).forcedHistory;
    expect(read([...unreadable, good])).toEqual([good]);
    expect(events).toEqual([["registry_state_unreadable", 5]]);
    for (const value of [undefined, null, {}, "x"]) expect(read(value)).toEqual([]);
    recordLog();
  });

  it("holds an alias only while its artifact does, and a malformed answer is refused", () => {
    const force = { sha256: "a", atMs: 0, by: "b", reason: "r", gateReasons: [] };
    const answer = { aliases: { champion: "a", rows: "b" }, forced: { champion: force, rows: force, zscore: force } };
    const { aliases, forced, notices, experiment } = readRegistrySnapshot(answer, BUNDLED);
    expect([aliases, forced, notices, experiment]).toEqual([answer.aliases, { champion: force }, [], null]);
    for (const value of [undefined, null, "gone", []]) {
      expect(() => readRegistrySnapshot(value, BUNDLED)).toThrow(/^registry: got .*, expected an object$/);
    }
  });
});
