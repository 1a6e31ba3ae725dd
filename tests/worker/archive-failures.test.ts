import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { ingestAs, stubOf } from "./gateway.ts";
import { START_MS, tick } from "./market.ts";
import { BUCKET, Desk, FAILING, atDesk, expectFaithful, keysOf, steady } from "./archive-desk.ts";

/** Writes the object and loses the answer. */
const DEAF = {
  put: async (...args: Parameters<R2Bucket["put"]>) => {
    await BUCKET.put(...args);
    throw new Error("connection lost");
  },
  head: (key: string) => BUCKET.head(key),
} as unknown as R2Bucket;

describe("the archive", () => {
  it("tries again with growing pauses while the bucket is away, and loses nothing", async () => {
    await atDesk("AWAY", async (desk, storage) => {
      const away = new Desk("AWAY", storage, FAILING);
      await away.apply(steady(901));
      const pauses: number[] = [];
      for (let k = 0; k < 8; k++) {
        await away.archive.run(away.nowMs);
        await away.archive.run(away.nowMs);
        const dueMs = away.archive.nextDueMs(away.nowMs)!;
        pauses.push(dueMs - away.nowMs);
        away.nowMs = dueMs;
      }
      expect(pauses).toEqual([5000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
      expect(away.archive.failures).toBe(8);
      desk.restart();
      await desk.archive.run(desk.nowMs);
      expect(desk.figures).toMatchObject({ archivedTicks: 901, parityMismatches: 0 });
    });
  });

  it("ends in the same object when it stops between writing it and noting it", async () => {
    const rows = steady(1851);
    await atDesk("TWICE", async (desk, storage) => {
      const deaf = new Desk("TWICE", storage, DEAF);
      await deaf.apply(rows.slice(0, 901 * TICK_FIELDS));
      await deaf.archive.run(deaf.nowMs);
      expect(deaf.figures.archivedTicks).toBe(0);
      const [key = ""] = await keysOf("TWICE");
      const { uploaded, etag } = (await BUCKET.head(key))!;
      desk.restart();
      await desk.apply(rows.slice(901 * TICK_FIELDS));
      await desk.archive.run(desk.nowMs);
      expect(await BUCKET.head(key)).toMatchObject({ uploaded, etag });
      expect(await keysOf("TWICE")).toHaveLength(2);
      expect(desk.figures).toMatchObject({ archivedTicks: 1851, parityMismatches: 0, paritySkipped: 0 });
    });
    await expectFaithful("TWICE", rows);
  });

  it("takes another name where one is taken by other bytes", async () => {
    await BUCKET.put("ticks/symbol=TAKEN/date=2025-12-01/0000-0000000001.parquet", "of a symbol that was removed");
    await atDesk("TAKEN", async (desk) => {
      await desk.apply(steady(901));
      await desk.archive.run(desk.nowMs);
      expect(desk.figures.archivedTicks).toBe(0);
      await desk.archive.run(desk.archive.nextDueMs(desk.nowMs)!);
      expect(desk.figures.archivedTicks).toBe(901);
    });
    expect(await keysOf("TAKEN")).toEqual([
      "ticks/symbol=TAKEN/date=2025-12-01/0000-0000000001.parquet",
      "ticks/symbol=TAKEN/date=2025-12-01/0000-0000000001~2.parquet",
    ]);
  });
});

describe("ingest while too much waits for the archive", () => {
  it("names that symbol and takes the others, is 429 for it alone, and takes it when there is room again", async () => {
    await ingestAs("p", 1, [tick("FULL", 0), tick("ROOM", 0)]);
    await runInDurableObject(stubOf("FULL"), ({ live }) => {
      const rows = new Float64Array((64 * 1024 * 1024) / 8);
      const times = { lastTsMs: START_MS, writtenAtMs: Date.now(), watermarkMs: START_MS };
      const judged = { seq: 1, rows, verdicts: undefined, heldVerdict: null };
      live!.engine.archive!.addBatch({ ...judged, ...times, producer: null, producerSeq: null });
    });
    const failed = { code: "archive_backlog", retry_after_s: 5 };
    const partly = await ingestAs("p", 2, [tick("FULL", 1), tick("ROOM", 1)]);
    expect(partly.status).toBe(207);
    expect(partly.body).toMatchObject({ accepted: 1, symbols: { ROOM: { accepted: 1 }, FULL: { failed } } });
    const { status, headers, body } = await ingestAs("p", 2, tick("FULL", 1));
    expect([status, headers.get("Retry-After")]).toEqual([429, "5"]);
    expect(body).toMatchObject({ code: "archive_backlog", accepted: 0, symbols: { FULL: { failed } } });
    expect(body.detail).toContain("FULL");
    // From then on what is stored counts: one tick.
    await evictDurableObject(stubOf("FULL"));
    const again = await ingestAs("p", 2, [tick("FULL", 1), tick("ROOM", 1)]);
    expect(again.body.symbols).toMatchObject({ FULL: { accepted: 1 }, ROOM: { accepted: 0, duplicate: 1 } });
  });
});
