import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { AlertsObject } from "../../src/durable/alerts/object.ts";
import { SymbolAlerts } from "../../src/durable/symbol/alerts/symbol-alerts.ts";
import { PageStore } from "../../src/durable/symbol/storage/page-store.ts";
import { DEFAULT_ALERT_LIMITS } from "../../src/quality/alerts/alert-limits.ts";
import { ingest, stubOf } from "./gateway.ts";
import { START_MS, market, tick } from "./market.ts";
import { evict, feed } from "./monitored.ts";

describe("alerts on quality and drift", () => {
  it("are judged for a feed of rare, large batches too, each in a life of the object's own", async () => {
    const { update } = SymbolAlerts.prototype;
    onTestFinished(() => void (SymbolAlerts.prototype.update = update));
    let judged = 0;
    SymbolAlerts.prototype.update = function (this: SymbolAlerts, ...given) {
      // Steps that were scored, and no failure among them.
      if (given[0].errorShare?.share === 0) judged += 1;
      update.apply(this, given);
    };
    for (let hour = 0; hour < 4; hour++) {
      await ingest(market("RARE", 900, { fromMs: START_MS + hour * 3_600_000, everyMs: 4000, seed: hour + 1 }));
      await evict("RARE");
    }
    expect(judged).toBeGreaterThanOrEqual(3);
  });
});

describe("the alarm", () => {
  it("reports a silent feed once, and looks again for its end when ticks come", async () => {
    const startMs = Date.now();
    const clock = vi.spyOn(Date, "now");
    onTestFinished(() => clock.mockRestore());
    const arrive = async (minute: number) => {
      clock.mockReturnValue(startMs + minute * 60_000);
      await ingest(market("SILENT", 60, { fromMs: startMs + (minute - 1) * 60_000 }));
    };
    await arrive(0);
    await arrive(6);
    const alerts = env.ALERTS.get(env.ALERTS.idFromName("alerts"));
    const silences = async () => (await alerts.list()).active.filter(({ rule }) => rule === "feed_silent");
    const alarmInMs = async () =>
      ((await runInDurableObject(stubOf("SILENT"), (_, { storage }) => storage.getAlarm())) ?? Infinity) - Date.now();
    expect(await runDurableObjectAlarm(stubOf("SILENT"))).toBe(true);
    expect(await silences()).toEqual([]);
    clock.mockReturnValue(startMs + 8 * 60_000);
    await evict("SILENT");
    expect(await runDurableObjectAlarm(stubOf("SILENT"))).toBe(true);
    expect(await silences()).toMatchObject([{ symbol: "SILENT", state: "firing" }]);
    // Only the archive may ring from now on, some minutes later: a silence is told once, and ends with ticks.
    expect(await alarmInMs()).toBeGreaterThan(300_000);
    await arrive(9);
    expect(await alarmInMs()).toBeLessThanOrEqual(60_000);
    expect(await silences()).toHaveLength(1);
  });

  const alarmOf = (symbol: string) => runInDurableObject(stubOf(symbol), (_, { storage }) => storage.getAlarm());

  it("is set again by the next batch when it is lost while the object lives", async () => {
    await ingest([tick("LOST", 0)]);
    expect(await alarmOf("LOST")).not.toBeNull();
    await runInDurableObject(stubOf("LOST"), (_, { storage }) => storage.deleteAlarm());
    await ingest([tick("LOST", 1)]);
    await vi.waitFor(async () => expect(await alarmOf("LOST")).not.toBeNull());
  });

  it("is set again when the object is loaded without a batch", async () => {
    await ingest([tick("LOADED", 0)]);
    await runInDurableObject(stubOf("LOADED"), (_, { storage }) => storage.deleteAlarm());
    await evict("LOADED");
    await stubOf("LOADED").summary();
    await vi.waitFor(async () => expect(await alarmOf("LOADED")).not.toBeNull());
  });

  it("never throws, and rings a minute later when nobody can say when it is due", async () => {
    await ingest([tick("UNPLANNED", 0)]);
    await runInDurableObject(stubOf("UNPLANNED"), async (instance, { storage }) => {
      instance.background.nextDueMs = () => NaN;
      await storage.deleteAlarm();
      await instance.alarm();
      expect((await storage.getAlarm())! - Date.now()).toBeGreaterThan(50_000);
      const { setAlarm } = storage;
      Reflect.set(storage, "setAlarm", () => {
        throw new Error("disk");
      });
      await storage.deleteAlarm();
      await instance.alarm();
      Reflect.set(storage, "setAlarm", setAlarm);
    });
  });

  it("sends changes once, however many batches come while they are on their way", async () => {
    await feed("STORMY", market("STORMY", 60), 60);
    const { report } = AlertsObject.prototype;
    onTestFinished(() => void (AlertsObject.prototype.report = report));
    let [calls, inFlight, most] = [0, 0, 0];
    AlertsObject.prototype.report = async function (this: AlertsObject, ...given) {
      calls += 1;
      most = Math.max(most, ++inFlight);
      await scheduler.wait(20);
      inFlight -= 1;
      return await report.apply(this, given);
    };
    await runInDurableObject(stubOf("STORMY"), async (object) => {
      const alerts = object.background.alerts!;
      const told = Array.from({ length: 40 }, async (_, i) => {
        alerts.update({ silentMs: i % 2 === 0 ? 1e9 : 0 }, Date.now() + i * 600_000);
        await alerts.notify(env);
      });
      await Promise.all(told);
      expect(alerts.isPending).toBe(false);
    });
    expect(most).toBe(1);
    expect(calls).toBeLessThan(4);
  });

  it("judges what is computed again from the archive once, and over a restart too", () => {
    return runInDurableObject(stubOf("SKEWED"), (_, { storage }) => {
      const open = () => new SymbolAlerts("SKEWED", 1000, DEFAULT_ALERT_LIMITS, new PageStore(storage));
      const alerts = open();
      alerts.judgeParity({ steps: 900, mismatches: 0 }, 0);
      expect(alerts.isFiring("parity_mismatch")).toBe(false);
      alerts.judgeParity({ steps: 1800, mismatches: 2 }, 1);
      expect(alerts.isFiring("parity_mismatch")).toBe(true);
      for (let i = 1; i <= 8; i++) open().judgeParity({ steps: 1800, mismatches: 2 }, 1 + i);
      expect(open().isFiring("parity_mismatch")).toBe(true);
      for (let i = 1; i <= 4; i++) open().judgeParity({ steps: 1800 + 900 * i, mismatches: 2 }, 10 + i);
      expect(open().isFiring("parity_mismatch")).toBe(false);
      // The archive's counts begin anew when its own page was lost.
      open().judgeParity({ steps: 900, mismatches: 1 }, 20);
      expect(open().isFiring("parity_mismatch")).toBe(true);
    });
  });
});

describe("missing scores", () => {
  it("are judged each minute by the wall clock, not each quarter of an hour of event time", async () => {
    await feed("SCORELESS", market("SCORELESS", 100), 100);
    const { update } = SymbolAlerts.prototype;
    const clock = vi.spyOn(Date, "now");
    onTestFinished(() => {
      SymbolAlerts.prototype.update = update;
      clock.mockRestore();
    });
    let judged = 0;
    SymbolAlerts.prototype.update = function (this: SymbolAlerts, ...given) {
      if (given[0].errorShare !== undefined) judged += 1;
      update.apply(this, given);
    };
    const nowMs = Date.now();
    for (let minute = 1; minute <= 5; minute++) {
      clock.mockReturnValue(nowMs + minute * 60_000);
      await ingest([tick("SCORELESS", 100 + minute)]);
    }
    expect(judged).toBeGreaterThanOrEqual(5);
  });
});
