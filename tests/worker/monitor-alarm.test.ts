import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { SymbolAlerts } from "../../src/durable/symbol/alerts/symbol-alerts.ts";
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
    await feed("SILENT", market("SILENT", 100), 100);
    const alerts = env.ALERTS.get(env.ALERTS.idFromName("alerts"));
    const silences = async () => (await alerts.list()).active.filter(({ rule }) => rule === "feed_silent");
    const alarmInMs = async () =>
      (await runInDurableObject(stubOf("SILENT"), (_, { storage }) => storage.getAlarm()))! - Date.now();
    expect(await runDurableObjectAlarm(stubOf("SILENT"))).toBe(true);
    expect(await silences()).toEqual([]);
    // After a restart the newest tick's own time counts, which is long ago.
    await evict("SILENT");
    expect(await runDurableObjectAlarm(stubOf("SILENT"))).toBe(true);
    expect(await silences()).toMatchObject([{ symbol: "SILENT", state: "firing" }]);
    // Only the archive rings from now on, some minutes later: a silence is told once, and ends with ticks.
    expect(await alarmInMs()).toBeGreaterThan(300_000);
    await ingest([tick("SILENT", 200)]);
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
});
