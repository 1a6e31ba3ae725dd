// What is stored is acknowledged, and only what is stored is shown, whatever fails around it.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { SymbolMonitor } from "../../src/durable/symbol/evaluation/symbol-monitor.ts";
import { PageStore } from "../../src/durable/symbol/storage/page-store.ts";
import { RetainedModels } from "../../src/durable/symbol/retained-models.ts";
import { recordLog } from "../../src/log.ts";
import { bundledModels, publish, setAlias, variantOf } from "./artifacts.ts";
import { fetchJson, ingest, metric, predictFresh, sqlOf, stubOf } from "./gateway.ts";
import { market, tick, WARM_TICKS } from "./market.ts";

const slotsOf = async (symbol: string) => (await sqlOf(symbol, "SELECT count(*) AS n FROM slots"))[0]!["n"];

function recordedEvents(): string[] {
  const events: string[] = [];
  recordLog((_level, event) => events.push(event));
  onTestFinished(() => recordLog());
  return events;
}

beforeEach(bundledModels);

describe("a batch that is stored", () => {
  it("is acknowledged when the alert book cannot be loaded, and the alarm does not throw", async () => {
    await ingest([tick("BOOK", 0), tick("BOOK", 1)]);
    const { load } = PageStore.prototype;
    onTestFinished(() => void (PageStore.prototype.load = load));
    PageStore.prototype.load = function (this: PageStore, prefix) {
      if (prefix === "alerts") throw new Error("unreadable");
      return load.call(this, prefix);
    };
    await evictDurableObject(stubOf("BOOK"));
    const events = recordedEvents();
    expect((await ingest([tick("BOOK", 2), tick("BOOK", 3)])).status).toBe(200);
    expect(await slotsOf("BOOK")).toBe(2);
    expect(events).toEqual(expect.arrayContaining(["background_failed", "alarm_not_planned"]));
    const alarm = await runInDurableObject(stubOf("BOOK"), async (instance, { storage }) => {
      await instance.alarm();
      return await storage.getAlarm();
    });
    expect(alarm! - Date.now()).toBeLessThanOrEqual(60_000);
    expect(events).toContain("alarm_failed");
  });

  it("is acknowledged when the snapshot after it fails and reading back fails too", async () => {
    await ingest(tick("AFTER", 0));
    await runInDurableObject(stubOf("AFTER"), ({ live, stores: { slots } }) => {
      const { after } = slots;
      live!.engine.saveSnapshot = () => {
        slots.after = () => {
          slots.after = after;
          throw new Error("disk");
        };
        throw new Error("disk");
      };
    });
    const events = recordedEvents();
    const many = market("AFTER", 700, { everyMs: 8000 }).slice(1);
    expect((await ingest(many)).status).toBe(200);
    expect(events).toEqual(expect.arrayContaining(["snapshot_failed", "reload_failed"]));
    expect(await slotsOf("AFTER")).toBe(2);
    expect((await fetchJson("/symbols/AFTER")).body.ticks).toMatchObject({ accepted: 700 });
  });

  it("is not stored when its prediction fails, and is taken when it is sent again", async () => {
    await ingest([tick("LATE", 0), tick("LATE", 1)]);
    await runInDurableObject(stubOf("LATE"), ({ live }) => {
      live!.engine.features.thresholdCount = () => {
        throw new Error("a bug");
      };
    });
    const ticks = [tick("LATE", 10), tick("LATE", 11)];
    expect((await ingest(ticks)).status).toBe(503);
    expect(await slotsOf("LATE")).toBe(1);
    expect((await ingest(ticks)).body).toMatchObject({ accepted: 2, duplicate: 0 });
  });
});

describe("the monitor", () => {
  it("loses only itself when its pages cannot be written: every batch is taken", async () => {
    await ingest([tick("DIRTY", 0), tick("DIRTY", 1)]);
    const { dirtyPages } = SymbolMonitor.prototype;
    onTestFinished(() => void (SymbolMonitor.prototype.dirtyPages = dirtyPages));
    SymbolMonitor.prototype.dirtyPages = () => {
      throw new Error("a bug");
    };
    const statuses = new Set<number>();
    for (let k = 0; k < 70; k++) statuses.add((await ingest(tick("DIRTY", 2 + k))).status);
    expect([...statuses]).toEqual([200]);
    SymbolMonitor.prototype.dirtyPages = dirtyPages;
    expect(await metric("volgate_monitor_errors_total", { symbol: "DIRTY" })).toBeGreaterThan(0);
  });

  it("keeps what it learned of a champion that came while the object was out of memory", async () => {
    const all = market("FOLLOW", WARM_TICKS + 410);
    await ingest(all.slice(0, WARM_TICKS));
    await ingest(all.slice(WARM_TICKS, WARM_TICKS + 10));
    await evictDurableObject(stubOf("FOLLOW"));
    const sha256 = await publish(await variantOf("champion", "another"));
    await setAlias("champion", sha256);
    for (let from = WARM_TICKS + 10; from < all.length; from += 10) await ingest(all.slice(from, from + 10));
    const champion = async () => {
      const { windows } = (await stubOf("FOLLOW").quality(["24h"]))!;
      const series = windows[0]!.labels.flatMap((label) => label.series).find((one) => one.sha256 === sha256)!;
      return { resolved: series.resolved, pending: series.pending };
    };
    const before = await champion();
    expect(before.resolved).toBeGreaterThan(100);
    await evictDurableObject(stubOf("FOLLOW"));
    expect(await champion()).toEqual(before);
  });
});

describe("a reader", () => {
  it("does not see ticks of a batch that is being scored", async () => {
    await ingest([tick("MID", 0), tick("MID", 1)]);
    const { score } = RetainedModels.prototype;
    onTestFinished(() => void (RetainedModels.prototype.score = score));
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let begun!: () => void;
    const scoring = new Promise<void>((resolve) => (begun = resolve));
    RetainedModels.prototype.score = async function (this: RetainedModels, ...given) {
      begun();
      await gate;
      return await score.apply(this, given);
    };
    await sqlOf("MID", "CREATE TRIGGER broken BEFORE INSERT ON slots BEGIN SELECT RAISE(ABORT, 'disk'); END");
    const batch = ingest([tick("MID", 2), tick("MID", 3)]);
    await scoring;
    const state = fetchJson("/symbols/MID");
    open();
    expect((await batch).status).toBe(503);
    expect((await state).body.ticks).toMatchObject({ accepted: 2 });
  });

  it("finds a symbol that a failed reading back left unloaded", async () => {
    await ingest(market("GONE", WARM_TICKS));
    await runInDurableObject(stubOf("GONE"), ({ live, stores: { slots } }) => {
      const { after } = slots;
      slots.after = () => {
        slots.after = after;
        throw new Error("disk");
      };
      live!.engine.features.process = () => {
        throw new Error("engine");
      };
    });
    expect((await ingest(tick("GONE", 5000))).status).toBe(503);
    expect((await fetchJson("/symbols/GONE")).status).toBe(200);
    expect((await predictFresh("GONE")).body.probability).toEqual(expect.any(Number));
  });
});
