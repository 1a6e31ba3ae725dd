import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { updateModels } from "../../src/model-refresh.ts";
import { type Answer, fetchJson, ingest, ingestAs, metric, predictFresh, sqlOf, stubOf } from "./gateway.ts";
import { START_MS, WARM_TICKS, market, tick } from "./market.ts";

const evict = (symbol: string) => evictDurableObject(stubOf(symbol));
const recoveryOf = async (symbol: string) => (await fetchJson(`/symbols/${symbol}`)).body.recovery;

/** The object's own answer, which no isolate keeps. */
async function livePrediction(symbol: string): Promise<Answer["body"]> {
  const { prediction_id, probability, tau_bps } = (await fetchJson(`/symbols/${symbol}`)).body;
  return { prediction_id, probability, tau_bps };
}

/** Rewrites the snapshot's bytes. */
function rewriteState(symbol: string, rewrite: (state: ArrayBuffer) => ArrayBuffer): Promise<void> {
  return runInDurableObject(stubOf(symbol), (_, { storage: { sql } }) => {
    const { state } = sql.exec<{ state: ArrayBuffer }>("SELECT state FROM snapshot").one();
    sql.exec("UPDATE snapshot SET state = ?", rewrite(state));
  });
}

const DAMAGE: readonly (readonly [string, (symbol: string) => Promise<unknown>, RegExp])[] = [
  ["cut off", (symbol) => rewriteState(symbol, (state) => state.slice(0, state.byteLength - 800)), /state size/],
  ["cut to nothing", (symbol) => rewriteState(symbol, () => new ArrayBuffer(0)), /got 0 bytes/],
  [
    "of another version",
    (symbol) =>
      rewriteState(symbol, (state) => {
        const words = new Uint32Array(state.slice(0));
        words[1]! += 1;
        return words.buffer;
      }),
    /state version/,
  ],
  ["no blob", (symbol) => sqlOf(symbol, "UPDATE snapshot SET state = 'text'"), /not a number, a text and a blob/],
  ["without JSON", (symbol) => sqlOf(symbol, "UPDATE snapshot SET meta = '{', checksum = NULL"), /JSON/],
  [
    "of another format",
    (symbol) => sqlOf(symbol, `UPDATE snapshot SET meta = '{"version":99}', checksum = NULL`),
    /meta version: got 99/,
  ],
  [
    "without producers",
    (symbol) => sqlOf(symbol, `UPDATE snapshot SET meta = '{"version":1}', checksum = NULL`),
    /producers/,
  ],
];

describe("a snapshot that cannot be read", () => {
  for (const [k, [what, damage, reason]] of DAMAGE.entries()) {
    it(`is rebuilt from the slots when it is ${what}`, async () => {
      const symbol = `DAMAGED-${k}`;
      await ingestAs("p", 1, market(symbol, WARM_TICKS - 100));
      for (let batch = 0; batch < 70; batch++) {
        await ingest(market(symbol, 1, { fromMs: START_MS + (WARM_TICKS - 100 + batch) * 1000, seed: batch }));
      }
      const before = await livePrediction(symbol);
      expect(before.probability).toEqual(expect.any(Number));
      await damage(symbol);
      await evict(symbol);
      const after = await livePrediction(symbol);
      expect(after).toEqual(before);
      expect(await recoveryOf(symbol)).toEqual({
        how: "rebuilt",
        replayed_batches: 71,
        damaged_batches: 0,
        reason: expect.stringMatching(reason),
      });
      expect(await metric("volgate_snapshot_rebuilt", { symbol })).toBe(1);
      expect((await ingestAs("p", 1, market(symbol, WARM_TICKS - 100))).body).toMatchObject({
        duplicate: WARM_TICKS - 100,
      });

      await evict(symbol);
      expect((await livePrediction(symbol)).prediction_id).toBe(before.prediction_id);
      expect(await recoveryOf(symbol)).toEqual({
        how: "snapshot",
        replayed_batches: 0,
        damaged_batches: 0,
        reason: null,
      });
    });
  }

  it("is reported to operators in /health", async () => {
    for (let k = 0; k < 66; k++) await ingest(tick("NOTICE", k));
    await sqlOf("NOTICE", "UPDATE snapshot SET meta = 'x'");
    await evict("NOTICE");
    await fetchJson("/symbols/NOTICE");
    await vi.waitFor(async () => {
      await updateModels(env);
      const { notices } = (await fetchJson("/health")).body;
      const notice = notices.find(({ symbol }: { symbol: string }) => symbol === "NOTICE");
      expect(notice).toMatchObject({ code: "snapshot_rebuilt", message: expect.stringContaining("66 batches") });
    });
  });

  it("is no loss when there is none at all, as long as the first batches are there", async () => {
    for (let k = 0; k < 66; k++) await ingest(tick("NONE", k));
    await sqlOf("NONE", "DELETE FROM snapshot");
    await evict("NONE");
    expect((await fetchJson("/symbols/NONE")).body).toMatchObject({ batches: 66, ticks: { accepted: 66 } });
  });
});

describe("the ring of slots", () => {
  it("grows while its batches are young, so that nothing is lost in a rebuild", async () => {
    for (let k = 0; k < 900; k++) await ingestAs("p", k, tick("YOUNG", k, 100 + (k % 7)));
    const before = (await fetchJson("/symbols/YOUNG")).body;
    expect(await sqlOf("YOUNG", "SELECT count(*) AS n FROM slots")).toEqual([{ n: 900 }]);
    expect(await sqlOf("YOUNG", "SELECT base, size FROM rings")).toEqual([
      { base: 256, size: 512 },
      { base: 768, size: 1024 },
    ]);
    await evict("YOUNG");
    expect((await fetchJson("/symbols/YOUNG")).body).toMatchObject({ batches: 900, recovery: { how: "snapshot" } });
    await sqlOf("YOUNG", "UPDATE snapshot SET meta = 'x'");
    await evict("YOUNG");
    const after = (await fetchJson("/symbols/YOUNG")).body;
    expect(after.recovery).toMatchObject({ how: "rebuilt", replayed_batches: 900 });
    expect({ ...after, recovery: null, storage_bytes: 0 }).toEqual({ ...before, recovery: null, storage_bytes: 0 });
  });

  it("overwrites archived batches older than two hours, and rebuilds from what is left", async () => {
    const minutes = 330;
    for (let k = 0; k < minutes; k++) {
      await ingest(market("OLD", 60, { fromMs: START_MS + k * 60_000, seed: k }));
      if (k % 15 === 0) await runDurableObjectAlarm(stubOf("OLD"));
    }
    expect(await sqlOf("OLD", "SELECT count(*) AS n, min(seq) AS first FROM slots")).toEqual([
      { n: 256, first: minutes - 255 },
    ]);
    expect(await sqlOf("OLD", "SELECT * FROM rings")).toEqual([]);
    const before = (await predictFresh("OLD")).body;
    for (const damage of ["UPDATE snapshot SET meta = 'x'", "DELETE FROM snapshot"]) {
      await sqlOf("OLD", damage);
      await evict("OLD");
      const after = (await predictFresh("OLD")).body;
      expect(await recoveryOf("OLD")).toMatchObject({ how: "rebuilt", replayed_batches: 256 });
      expect(after).toMatchObject({ prediction_id: before.prediction_id, tau_bps: before.tau_bps });
      expect(after.probability).toBeCloseTo(before.probability, 4);
      expect((await fetchJson("/symbols/OLD")).body.batches).toBe(minutes);
    }
    expect((await ingest(market("OLD", 60, { fromMs: START_MS + minutes * 60_000 }))).body.accepted).toBe(60);
    await evict("OLD");
    expect((await fetchJson("/symbols/OLD")).body).toMatchObject({
      batches: minutes + 1,
      recovery: { how: "snapshot" },
    });
  });

  it("judges the age of a tick far ahead by the clock of the others", async () => {
    for (let k = 0; k < 320; k++) await ingest([tick("JUMP", k), ...(k === 255 ? [tick("JUMP", 50_000)] : [])]);
    await sqlOf("JUMP", "UPDATE snapshot SET meta = 'x'");
    await evict("JUMP");
    expect(await recoveryOf("JUMP")).toMatchObject({ how: "rebuilt", replayed_batches: 320 });
  });

  it("costs one written row a batch, and one more with each snapshot", async () => {
    await ingest(tick("ROWS", 0));
    const written = await runInDurableObject(stubOf("ROWS"), async (instance, { storage: { sql } }) => {
      const cursors: { readonly rowsWritten: number }[] = [];
      const exec = (query: string, ...bindings: unknown[]) => {
        const cursor = sql.exec(query, ...bindings);
        cursors.push(cursor);
        return cursor;
      };
      Reflect.set(instance.stores.slots, "sql", { exec, databaseSize: sql.databaseSize });
      const rows: number[] = [];
      for (let k = 1; k < 130; k++) {
        cursors.length = 0;
        const batch = new Float64Array([START_MS + k * 1000, 100, NaN, NaN, NaN, NaN, NaN, NaN]);
        await instance.ingest({ symbol: "ROWS", rows: batch, producer: "p", producerSeq: k, maxTraceBytes: null });
        rows.push(cursors.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0));
      }
      return rows;
    });
    expect(written.map((rows, k) => [k + 2, rows]).filter(([, rows]) => rows !== 1)).toEqual([
      [65, 2],
      [129, 2],
    ]);
  });
});

describe("a slot that cannot be read", () => {
  for (const [damage, sql] of [
    ["holds no blob", "UPDATE slots SET batch = 'oops' WHERE seq = 3"],
    ["is cut off", "UPDATE slots SET batch = substr(batch, 1, 60) WHERE seq = 3"],
  ] as const) {
    it(`loses its own batch and nothing else when it ${damage}`, async () => {
      const symbol = damage === "is cut off" ? "CUT-SLOT" : "TEXT-SLOT";
      for (let k = 0; k < 6; k++) await ingestAs("p", k, tick(symbol, k));
      await sqlOf(symbol, sql);
      await evict(symbol);
      const { status, body } = await fetchJson(`/symbols/${symbol}`);
      expect(status).toBe(200);
      expect(body.ticks.accepted).toBe(5);
      expect(body.recovery).toMatchObject({ replayed_batches: 5, damaged_batches: 1 });
      expect((await ingestAs("p", 6, tick(symbol, 6))).body).toMatchObject({ accepted: 1 });
      expect((await fetchJson(`/symbols/${symbol}`)).body.batches).toBe(7);
      await vi.waitFor(async () => {
        await updateModels(env);
        const { notices } = (await fetchJson("/health")).body;
        expect(notices).toContainEqual(expect.objectContaining({ symbol, code: "slots_unreadable" }));
      });
    });
  }
});
