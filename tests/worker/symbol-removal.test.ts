// A symbol is removed with all that belongs to it, or made again from its archive; notices are acknowledged.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { registryOf } from "../../src/clients/registry.ts";
import { fnv1aOfText } from "../../src/features/fnv1a.ts";
import { recordLog } from "../../src/log.ts";
import { updateModels } from "../../src/model-refresh.ts";
import { keysOf } from "./archive-desk.ts";
import { archivedRows, predictionKeys } from "./archived-predictions.ts";
import { type Answer, fetchJson, fetchWith, ingest, predictFresh, sqlOf, stubOf } from "./gateway.ts";
import { START_MS, WARM_TICKS, market, tick } from "./market.ts";

const send = (method: string, path: string, body: unknown): Promise<Answer> =>
  fetchJson(path, { method, body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
const remove = (symbol: string, body: unknown = {}) => send("DELETE", `/admin/symbols/${symbol}`, body);
const recreate = (symbol: string, body: unknown = {}) => send("POST", `/admin/symbols/${symbol}/recreate`, body);
const symbols = async (): Promise<string[]> => (await fetchJson("/symbols")).body.symbols;

describe("DELETE /admin/symbols/:symbol", () => {
  it("removes the symbol everywhere, archives what waited, and is in the history", async () => {
    await ingest(market("JUNK", 50));
    const answer = await remove("JUNK", { by: "ada", reason: "mistyped" });
    expect(answer).toMatchObject({ status: 200, body: { symbol: "JUNK", archive_objects_deleted: 0 } });
    expect(await symbols()).not.toContain("JUNK");
    expect((await fetchJson("/symbols/JUNK")).status).toBe(404);
    expect((await predictFresh("JUNK")).status).toBe(404);
    expect((await fetchJson("/metrics")).body).not.toContain('symbol="JUNK"');
    expect(await keysOf("JUNK")).toHaveLength(1);
    expect(await runInDurableObject(stubOf("JUNK"), (_, { storage }) => storage.getAlarm())).toBeNull();
    const { history } = (await fetchJson("/admin/history")).body;
    expect(history[0]).toMatchObject({ alias: "symbol", from: "JUNK", to: null, who: "ada", reason: "mistyped" });
  });

  it("makes room under MAX_SYMBOLS", async () => {
    await ingest(tick("FIRST", 0));
    const full = String((await symbols()).length);
    const init = { method: "POST", body: JSON.stringify([tick("NEXT", 0)]) };
    const refused = await fetchWith({ MAX_SYMBOLS: full }, "/ingest", init);
    expect(refused.body).toMatchObject({ accepted: 0, errors: [{ reason: "symbol_limit" }] });
    await remove("FIRST");
    expect((await fetchWith({ MAX_SYMBOLS: full }, "/ingest", init)).body).toMatchObject({ accepted: 1 });
  });

  it("deletes the archive on request, and the symbol then begins anew", async () => {
    await ingest(market("WIPED", WARM_TICKS));
    await runDurableObjectAlarm(stubOf("WIPED"));
    const [ticks, predictions] = [(await keysOf("WIPED")).length, (await predictionKeys("WIPED")).length];
    expect(ticks).toBeGreaterThan(0);
    const before = ticks + predictions;
    expect((await remove("WIPED", { archive: true })).body.archive_objects_deleted).toBe(before);
    expect(await keysOf("WIPED")).toEqual([]);
    expect((await ingest(market("WIPED", 10))).body).toMatchObject({ accepted: 10 });
    expect((await fetchJson("/symbols/WIPED")).body).toMatchObject({ batches: 1, threshold_values: { have: 0 } });
  });

  it("is noticed by an isolate that remembers the symbol: its next batch asks the directory again", async () => {
    await ingest(tick("KNOWN", 0));
    // Behind the back of this isolate's cache.
    await stubOf("KNOWN").remove(true);
    const stub = env.DIRECTORY.get(env.DIRECTORY.idFromName(`bucket-${fnv1aOfText("KNOWN") % 16}`));
    await runInDurableObject(stub, (_, { storage }) => void storage.sql.exec("DELETE FROM names WHERE name = 'KNOWN'"));
    await evictDurableObject(stub);
    const limit = { MAX_SYMBOLS: "1" };
    const init = { method: "POST", body: JSON.stringify([tick("KNOWN", 1)]) };
    expect((await fetchWith(limit, "/ingest", init)).body).toMatchObject({ errors: [{ reason: "symbol_limit" }] });
    expect((await ingest(tick("KNOWN", 1))).body).toMatchObject({ accepted: 1 });
  });

  it("ends the symbol's alerts", async () => {
    await ingest(tick("FIRING", 0));
    const alerts = env.ALERTS.get(env.ALERTS.idFromName("alerts"));
    const change = {
      id: "FIRING:drift:1",
      symbol: "FIRING",
      rule: "drift",
      state: "firing",
      severity: "warning",
    } as const;
    await alerts.report([{ ...change, atMs: 1, sinceMs: 1, summary: "drift", figures: {}, model: null }]);
    expect((await remove("FIRING")).body.alerts_ended).toBe(1);
    expect(await alerts.active("FIRING")).toEqual([]);
  });

  it("removes a symbol whose database cannot be read, if its archive may go too", async () => {
    await ingest(market("BROKEN", 20));
    await sqlOf("BROKEN", "UPDATE identity SET config = 'x'");
    await evictDurableObject(stubOf("BROKEN"));
    expect((await ingest(tick("BROKEN", 30))).status).toBe(503);
    expect(await remove("BROKEN")).toMatchObject({ status: 503, body: { code: "archive_unavailable" } });
    expect(await symbols()).toContain("BROKEN");
    expect((await remove("BROKEN", { archive: true })).status).toBe(200);
    expect((await ingest(tick("BROKEN", 30))).body).toMatchObject({ accepted: 1 });
  });

  it("changes nothing while what waits cannot be archived, and does not know what was never there", async () => {
    await ingest(market("KEPT", 20));
    await runInDurableObject(stubOf("KEPT"), ({ background }) => {
      background.archive!.flush = () => Promise.resolve(false);
    });
    expect(await remove("KEPT")).toMatchObject({ status: 503, body: { code: "archive_unavailable" } });
    expect((await fetchJson("/symbols/KEPT")).body).toMatchObject({ batches: 1 });
    expect(await symbols()).toContain("KEPT");
    expect(await remove("NEVER")).toMatchObject({ status: 404, body: { code: "unknown_symbol" } });
    expect(await remove("KEPT", { archive: "yes" })).toMatchObject({
      status: 400,
      body: { code: "archive_malformed" },
    });
  });
});

describe("a removal that fails half-way", () => {
  const failing = () => Promise.reject(new Error("away"));
  const without = (binding: object, methods: readonly string[]) =>
    new Proxy(binding, {
      get: (target, name) => {
        if (methods.includes(String(name))) return failing;
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
  const removeWith = (variables: object, symbol: string, body: unknown = {}) =>
    fetchWith(variables, `/admin/symbols/${symbol}`, { method: "DELETE", body: JSON.stringify(body) });
  const alerts = () => env.ALERTS.get(env.ALERTS.idFromName("alerts"));
  const fire = (symbol: string) => {
    const what = { id: `${symbol}:drift:1`, symbol, rule: "drift", state: "firing", severity: "warning" } as const;
    return alerts().report([{ ...what, atMs: 1, sinceMs: 1, summary: "drift", figures: {}, model: null }]);
  };

  it("at the bucket deletes the archive when it is asked again", async () => {
    await ingest(market("HALF-R2", WARM_TICKS));
    await runDurableObjectAlarm(stubOf("HALF-R2"));
    const BUCKET = without(env.BUCKET, ["list"]);
    expect((await removeWith({ BUCKET }, "HALF-R2", { archive: true })).status).toBe(500);
    const { status, body } = await remove("HALF-R2", { archive: true });
    expect([status, body.archive_objects_deleted > 0, await keysOf("HALF-R2")]).toEqual([200, true, []]);
    expect((await remove("HALF-R2", { archive: true })).status).toBe(404);
    expect(await symbols()).not.toContain("HALF-R2");
  });

  it("at the alerts or the registry ends, removes and records the rest when it is asked again", async () => {
    const halves = [
      ["HALF-ALERTS", { ALERTS: { idFromName: () => "", get: () => ({ endAll: failing }) } }],
      ["HALF-REGISTRY", { REGISTRY: { idFromName: () => "", get: () => ({ fetch: failing }) } }],
    ] as const;
    for (const [symbol, variables] of halves) {
      await ingest(tick(symbol, 0));
      await fire(symbol);
      await registryOf(env).addNotice({ atMs: 1, symbol, code: "slots_unreadable", message: "x" });
      expect((await removeWith(variables, symbol)).status, symbol).toBe(500);
      expect((await remove(symbol, { by: "ada" })).status, symbol).toBe(200);
      expect(await alerts().active(symbol), symbol).toEqual([]);
      const { notices } = await registryOf(env).read();
      expect(
        notices.filter((notice) => notice.symbol === symbol),
        symbol,
      ).toEqual([]);
      const { history } = (await fetchJson("/admin/history")).body;
      expect(history[0], symbol).toMatchObject({ from: symbol, to: null, who: "ada" });
      expect(await remove(symbol), symbol).toMatchObject({ status: 404, body: { code: "unknown_symbol" } });
      expect(await symbols(), symbol).not.toContain(symbol);
    }
  });

  it("at the symbol's object leaves its name, so that it is still seen", async () => {
    await ingest(tick("HALF-OBJECT", 0));
    const SYMBOLS = { idFromName: (name: string) => name, get: () => ({ remove: failing }) };
    expect((await removeWith({ SYMBOLS }, "HALF-OBJECT")).status).toBe(503);
    expect(await symbols()).toContain("HALF-OBJECT");
    expect((await fetchJson("/symbols/HALF-OBJECT")).body).toMatchObject({ batches: 1 });
    expect((await remove("HALF-OBJECT")).status).toBe(200);
  });

  it("waits longer than OBJECT_DEADLINE_MS for an object that archives first", async () => {
    await ingest(tick("HALF-SLOW", 0));
    const SYMBOLS = {
      idFromName: (name: string) => name,
      get: (name: string) => ({
        remove: async (archive: boolean) => {
          await scheduler.wait(300);
          return await stubOf(name).remove(archive);
        },
      }),
    };
    expect((await removeWith({ SYMBOLS, OBJECT_DEADLINE_MS: "100" }, "HALF-SLOW")).status).toBe(200);
    expect(await symbols()).not.toContain("HALF-SLOW");
  });

  it("and what has only an alert, a notice or an archive is removed too", async () => {
    await fire("ONLY-ALERT");
    expect(await remove("ONLY-ALERT")).toMatchObject({ status: 200, body: { alerts_ended: 1 } });
    await registryOf(env).addNotice({ atMs: 1, symbol: "ONLY-NOTICE", code: "slots_unreadable", message: "x" });
    expect((await remove("ONLY-NOTICE")).status).toBe(200);
    await ingest(market("ONLY-ARCHIVE", 20));
    await remove("ONLY-ARCHIVE");
    expect((await remove("ONLY-ARCHIVE")).status).toBe(404);
    const { status, body } = await remove("ONLY-ARCHIVE", { archive: true });
    expect([status, body.archive_objects_deleted]).toEqual([200, 1]);
  });
});

describe("POST /admin/symbols/:symbol/recreate", () => {
  it("makes the symbol again from its archive under another label, without losing a tick", async () => {
    const all = market("AGAIN", WARM_TICKS + 200);
    await ingest(all.slice(0, WARM_TICKS));
    const label = { windowSteps: 1200, minCount: 300, quantile: 0.8 };
    const { status, body } = await recreate("AGAIN", { label, by: "ada", reason: "other label" });
    expect(status).toBe(200);
    expect(body).toMatchObject({ symbol: "AGAIN", label, ticks_from_archive: WARM_TICKS });
    const state = (await fetchJson("/symbols/AGAIN")).body;
    expect(state.labels).toContainEqual(expect.objectContaining(label));
    expect(state.threshold_values.have).toBeGreaterThan(900);
    expect((await ingest(all.slice(WARM_TICKS))).body).toMatchObject({ accepted: 200, late: 0 });
    const { history } = (await fetchJson("/admin/history")).body;
    expect(history[0]).toMatchObject({ alias: "symbol", from: expect.stringContaining("AGAIN"), who: "ada" });
    expect(history[0].to).toContain("window=1200");
  });

  it("leaves the last labels to a symbol whose archive cannot be read back", async () => {
    const all = market("UNREAD", WARM_TICKS + 200);
    await ingest(all.slice(0, WARM_TICKS));
    const without = {
      ...env,
      BUCKET: { put: env.BUCKET.put.bind(env.BUCKET), list: () => Promise.reject(new Error("away")) },
    };
    await runInDurableObject(stubOf("UNREAD"), (instance) => {
      Object.assign(instance, { env: without });
    });
    expect((await recreate("UNREAD")).status).toBeGreaterThanOrEqual(500);
    await runInDurableObject(stubOf("UNREAD"), (instance) => {
      Object.assign(instance, { env });
    });
    expect((await ingest(all.slice(WARM_TICKS))).body).toMatchObject({ accepted: 200 });
    await runInDurableObject(stubOf("UNREAD"), ({ background }) => background.archive!.flush());
    const rows = await archivedRows("UNREAD");
    expect([rows.length > 100, rows.filter(({ label }) => label === null)]).toEqual([true, []]);
  });

  it("is done, with an alarm, also where the symbol that was made again cannot be scored", async () => {
    await ingest(market("UNSCORED", WARM_TICKS));
    // The end of a mute is due, which is all that a symbol without new ticks needs an alarm for.
    const mutedUntilMs = Date.now() + 3_600_000;
    await stubOf("UNSCORED").setAlertSettings({ muted: false, mutedUntilMs, hours: null });
    await runInDurableObject(stubOf("UNSCORED"), (instance) => {
      let { live } = instance.held;
      let isBroken = false;
      const set = (next: typeof live): void => {
        live = next;
        if (next === undefined || isBroken) return;
        isBroken = true;
        next.engine.takeReplayed = () => {
          throw new Error("no scores");
        };
      };
      Object.defineProperty(instance.held, "live", { configurable: true, get: () => live, set });
    });
    const events: string[] = [];
    recordLog((_, event) => events.push(event));
    const { status, body } = await recreate("UNSCORED", { label: { windowSteps: 1200, minCount: 300, quantile: 0.8 } });
    recordLog();
    expect([status, body.ticks_from_archive]).toEqual([200, WARM_TICKS]);
    expect(events).toContain("begun_symbol_not_scored");
    expect(await runInDurableObject(stubOf("UNSCORED"), (_, { storage }) => storage.getAlarm())).toBe(mutedUntilMs);
    await evictDurableObject(stubOf("UNSCORED"));
    expect((await fetchJson("/symbols/UNSCORED")).body.threshold_values.have).toBeGreaterThan(900);
  });

  it("refuses a label that is none, a symbol that is none, and a gateway without an archive", async () => {
    await ingest(market("REFUSED", 20, { fromMs: START_MS }));
    const wrong = await recreate("REFUSED", { label: { windowSteps: 0 } });
    expect(wrong).toMatchObject({ status: 400, body: { code: "label_malformed" } });
    expect(wrong.body.detail).toContain("label.windowSteps");
    expect(await recreate("NEVER")).toMatchObject({ status: 404, body: { code: "unknown_symbol" } });
    await runInDurableObject(stubOf("REFUSED"), (instance) => {
      Object.assign(instance, { env: { ...env, ARCHIVE: "off" } });
    });
    expect(await recreate("REFUSED")).toMatchObject({ status: 409, body: { code: "no_archive" } });
    expect((await fetchJson("/symbols/REFUSED")).body).toMatchObject({ batches: 1 });
  });
});

describe("notices", () => {
  it("are kept once by symbol and code, and go when they are acknowledged", async () => {
    for (const atMs of [1, 2]) {
      for (const symbol of ["A", "B"]) {
        await registryOf(env).addNotice({ atMs, symbol, code: "slots_unreadable", message: `at ${atMs}` });
      }
    }
    const noticed = async () => {
      await updateModels(env);
      return (await fetchJson("/health")).body.notices.map(({ symbol, message }: Record<string, string>) => [
        symbol,
        message,
      ]);
    };
    expect(await noticed()).toEqual([
      ["A", "at 2"],
      ["B", "at 2"],
    ]);
    expect((await send("DELETE", "/admin/notices", { symbol: "A" })).body).toEqual({ acknowledged: 1, left: 1 });
    expect(await noticed()).toEqual([["B", "at 2"]]);
    const wrong = await send("DELETE", "/admin/notices", { code: "sunk" });
    expect(wrong).toMatchObject({ status: 400, body: { code: "code_malformed" } });
    expect((await send("DELETE", "/admin/notices", {})).body).toEqual({ acknowledged: 1, left: 0 });
    expect(await noticed()).toEqual([]);
  });
});
