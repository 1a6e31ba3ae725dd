// Batches of several rounds that fail on the way: nothing of them is kept, in the store or in memory.
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { SymbolObject } from "../../src/durable/symbol/object.ts";
import { fetchJson, ingest, ingestAs, sqlOf, stubOf } from "./gateway.ts";
import { type Message, market } from "./market.ts";

/** Ticks 8 s apart close eight steps each: three rounds. */
const MESSAGES = market("X", 1300, { everyMs: 8000 });
const named = (symbol: string, messages: readonly Message[]) => messages.map((message) => ({ ...message, symbol }));

const inside = <T>(symbol: string, look: (instance: SymbolObject) => T): Promise<T> =>
  runInDurableObject(stubOf(symbol), (instance) => look(instance));

/** What a symbol serves and has learned, without its name. */
async function stateOf(symbol: string) {
  const { ticks, steps_closed, batches, probability, tau_bps } = (await fetchJson(`/symbols/${symbol}`)).body;
  const learned = await inside(symbol, ({ live }) => {
    const { quality, drift, failures } = live!.evaluation.monitor;
    return { day: quality.window("24h"), stats: { ...quality.stats }, drift: drift.history, failures: failures.value };
  });
  return { ticks, steps_closed, batches, probability, tau_bps, ...learned };
}

/** The state of a symbol whose batches never failed. */
async function steadyState(symbol: string) {
  await ingest(named(symbol, MESSAGES.slice(0, 1)));
  await ingest(named(symbol, MESSAGES.slice(1)));
  return await stateOf(symbol);
}

describe("a batch of several rounds", () => {
  it("leaves nothing behind when its slot cannot be written, and is learned from once when it comes again", async () => {
    await ingest(named("SLOTLESS", MESSAGES.slice(0, 1)));
    await sqlOf(
      "SLOTLESS",
      "CREATE TRIGGER broken BEFORE INSERT ON slots BEGIN SELECT RAISE(ABORT, 'disk on fire'); END",
    );
    expect((await ingestAs("p", 1, named("SLOTLESS", MESSAGES.slice(1)))).status).toBe(503);
    await sqlOf("SLOTLESS", "DROP TRIGGER broken");
    expect(await stateOf("SLOTLESS")).toMatchObject({ batches: 1, steps_closed: 0, stats: { resolved: 0 } });
    const again = await ingestAs("p", 1, named("SLOTLESS", MESSAGES.slice(1)));
    expect(again.body).toMatchObject({ accepted: 1299, duplicate: 0 });
    const state = await stateOf("SLOTLESS");
    expect(state.stats.resolved).toBeGreaterThan(5000);
    expect(state).toEqual(await steadyState("SLOTLESS-STEADY"));
  });

  it("leaves nothing behind when it fails in its second round", async () => {
    await ingest(named("SECOND", MESSAGES.slice(0, 1)));
    await inside("SECOND", ({ live }) => {
      const { features } = live!.engine;
      const process = features.process.bind(features);
      let rounds = 0;
      features.process = (...args) => {
        if (rounds++ === 1) throw new Error("a fault in the engine");
        return process(...args);
      };
    });
    expect((await ingestAs("p", 1, named("SECOND", MESSAGES.slice(1)))).status).toBe(503);
    expect(await sqlOf("SECOND", "SELECT max(seq) AS last FROM slots")).toEqual([{ last: 1 }]);
    const again = await ingestAs("p", 1, named("SECOND", MESSAGES.slice(1)));
    expect(again.body).toMatchObject({ accepted: 1299, duplicate: 0 });
    expect(await stateOf("SECOND")).toEqual(await steadyState("SECOND-STEADY"));
  });

  it("is acknowledged when the monitor fails in its first round, and counts as one batch that was not learned from", async () => {
    await ingest(named("UNLEARNED", MESSAGES.slice(0, 1)));
    await inside("UNLEARNED", ({ live }) => {
      live!.evaluation.monitor.record = () => {
        throw new Error("a fault in the monitor");
      };
    });
    const { status, body } = await ingest(named("UNLEARNED", MESSAGES.slice(1, 1250)));
    expect([status, body.accepted]).toEqual([200, 1249]);
    const failed = await inside("UNLEARNED", ({ live }) => ({
      errors: live!.counters.monitorErrors,
      resolved: live!.evaluation.monitor.quality.stats.resolved,
    }));
    expect(failed).toEqual({ errors: 1, resolved: 0 });
    await ingest(named("UNLEARNED", MESSAGES.slice(1250)));
    const { stats, probability } = await stateOf("UNLEARNED");
    expect(stats.resolved).toBeGreaterThan(300);
    expect(probability).toEqual((await steadyState("UNLEARNED-STEADY")).probability);
  });
});
