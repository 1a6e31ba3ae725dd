import { describe, expect, it, onTestFinished } from "vitest";
import { SymbolMonitor } from "../../src/durable/symbol/evaluation/symbol-monitor.ts";
import { type LogFields, recordLog } from "../../src/log.ts";
import { ingest, metric, predictFresh } from "./gateway.ts";
import { START_MS, market } from "./market.ts";
import { evict, feed, learned } from "./monitored.ts";

describe("a fault in the monitor", () => {
  it("loses no tick: the batch is acknowledged, the fault is counted, and the monitor continues from the last snapshot", async () => {
    await feed("FAULT", market("FAULT", 1500), 300);
    expect(await metric("volgate_monitor_errors_total", { symbol: "FAULT" })).toBe(0);
    const { record } = SymbolMonitor.prototype;
    const logged: LogFields[] = [];
    onTestFinished(() => {
      SymbolMonitor.prototype.record = record;
      recordLog();
    });
    recordLog((level, event, fields) => logged.push({ level, event, ...fields }));
    SymbolMonitor.prototype.record = () => {
      throw new Error("a fault in the monitor");
    };
    const { body } = await ingest(market("FAULT", 10, { fromMs: START_MS + 1_500_000 }));
    SymbolMonitor.prototype.record = record;
    expect(body.symbols.FAULT).toMatchObject({ accepted: 10 });
    expect(logged).toMatchObject([{ level: "error", event: "monitor_error", symbol: "FAULT" }]);
    expect((await predictFresh("FAULT")).body.probability).not.toBeNull();
    await feed("FAULT", market("FAULT", 300, { fromMs: START_MS + 1_510_000 }), 100);
    expect(await metric("volgate_monitor_errors_total", { symbol: "FAULT" })).toBe(1);
    expect(await metric("volgate_labels_total", { symbol: "FAULT", outcome: "resolved" })).toBeGreaterThan(150);
  });
});

describe("a batch that closes very many steps", () => {
  it("is worked through in rounds, with the result of small batches, before and after a restart", async () => {
    // Ticks 20 s apart close twenty steps each: more steps than one round takes.
    const messages = market("MANY", 1100, { everyMs: 20_000 });
    await ingest(messages.slice(0, 1).map((message) => ({ ...message, symbol: "MANY" })));
    const { record } = SymbolMonitor.prototype;
    onTestFinished(() => void (SymbolMonitor.prototype.record = record));
    let most = 0;
    SymbolMonitor.prototype.record = function (this: SymbolMonitor, ...given) {
      most = Math.max(most, given[0].count);
      record.apply(this, given);
    };
    await ingest(messages.slice(1));
    SymbolMonitor.prototype.record = record;
    expect(most).toBeGreaterThan(4096);
    expect(most).toBeLessThan(4096 + 600);
    await feed("FEW", messages, 100);
    const few = await learned("FEW");
    expect(await learned("MANY")).toEqual(few);
    // A restart has nothing to score again.
    await evict("MANY");
    expect(await learned("MANY")).toEqual(few);
  });
});
