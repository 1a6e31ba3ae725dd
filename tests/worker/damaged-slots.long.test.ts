// One flipped bit and one missing slot, wherever they are: the batch is lost, said and counted, and all others go on.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { ID_FIELD, narrowRows } from "../../src/features/packed-ticks.ts";
import { updateModels } from "../../src/model-refresh.ts";
import { type Desk, LATER_MS, atDesk, readBack, steady, texts } from "./archive-desk.ts";
import { fetchJson, ingest, ingestAs, metric, sqlOf, stubOf } from "./gateway.ts";
import { START_MS, tick } from "./market.ts";

/** Flips one bit of a number in SQLite, whose numbers are of 64 bits. */
function flipNumber(sql: SqlStorage, column: string, seq: number, bit: number): void {
  const value = Number(sql.exec(`SELECT ${column} AS x FROM slots WHERE seq = ?`, seq).one()["x"]);
  const bytes = new Uint8Array(Float64Array.of(value).buffer);
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  sql.exec(`UPDATE slots SET ${column} = ? WHERE seq = ?`, new Float64Array(bytes.buffer)[0]!, seq);
}

/** Flips one bit of a column of bytes. */
function flipBit(sql: SqlStorage, column: string, seq: number, bit: number): void {
  const { x } = sql.exec<{ x: ArrayBuffer }>(`SELECT ${column} AS x FROM slots WHERE seq = ?`, seq).one();
  new Uint8Array(x)[bit >> 3]! ^= 1 << (bit & 7);
  sql.exec(`UPDATE slots SET ${column} = ? WHERE seq = ?`, x, seq);
}

/** First bit of a field of a batch's first tick. */
const bitOf = (field: number): number => field * 64;

const FLIPS: readonly (readonly [string, (sql: SqlStorage) => unknown])[] = [
  ["a price", (sql) => flipBit(sql, "batch", 3, bitOf(1) + 40)],
  ["an id", (sql) => flipBit(sql, "batch", 3, bitOf(7) + 1)],
  ["a verdict", (sql) => flipBit(sql, "verdicts", 3, 0)],
  ["the producer's number", (sql) => sql.exec("UPDATE slots SET producer_seq = producer_seq + 4096 WHERE seq = 3")],
  ["the producer's name", (sql) => sql.exec("UPDATE slots SET producer = 'q' WHERE seq = 3")],
  ["the batch's number", (sql) => sql.exec("UPDATE slots SET seq = seq + 65536 WHERE seq = 3")],
  ["the time of the newest tick", (sql) => flipNumber(sql, "last_ts_ms", 3, 20)],
  ["the time after it", (sql) => flipNumber(sql, "watermark_ms", 3, 45)],
  ["the time of writing", (sql) => flipNumber(sql, "written_at_ms", 3, 45)],
  ["the verdict on the tick before", (sql) => sql.exec("UPDATE slots SET held_verdict = 4 WHERE seq = 3")],
  ["the batch's number, by the slots of a ring", (sql) => sql.exec("UPDATE slots SET seq = seq + 256 WHERE seq = 3")],
  ["its checksum", (sql) => sql.exec("UPDATE slots SET checksum = checksum + 1 WHERE seq = 3")],
  ["everything", (sql) => sql.exec("DELETE FROM slots WHERE seq = 3")],
];

describe("a slot of which one bit is wrong or nothing is left", () => {
  for (const [k, [what, damage]] of FLIPS.entries()) {
    it(`loses its own batch and says so when it is ${what}`, async () => {
      const symbol = `FLIP-${k}`;
      // Each batch repeats the tick before, so that there are verdicts.
      for (let at = 0; at < 6; at++) {
        await ingestAs(
          "p",
          at,
          [tick(symbol, at), tick(symbol, at)].map((one) => ({ ...one, trade_id: at })),
        );
      }
      await runInDurableObject(stubOf(symbol), (_, { storage: { sql } }) => damage(sql));
      await evictDurableObject(stubOf(symbol));
      const { body } = await fetchJson(`/symbols/${symbol}`);
      expect(body).toMatchObject({
        batches: 6,
        ticks: { accepted: 5, duplicate: 5 },
        recovery: { replayed_batches: 5, damaged_batches: 1 },
      });
      expect(await metric("volgate_damaged_batches", { symbol })).toBe(1);
      expect((await ingestAs("p", 6, tick(symbol, 6))).body).toMatchObject({ accepted: 1 });
      await vi.waitFor(async () => {
        await updateModels(env);
        const { notices } = (await fetchJson("/health")).body;
        expect(notices).toContainEqual(expect.objectContaining({ symbol, code: "slots_unreadable" }));
      });
    });
  }

  it("is passed over after the snapshot too, up to the last batch", async () => {
    for (let at = 0; at < 70; at++) await ingest(tick("GAPS", at));
    await sqlOf("GAPS", "DELETE FROM slots WHERE seq IN (66, 67, 69)");
    await evictDurableObject(stubOf("GAPS"));
    expect((await fetchJson("/symbols/GAPS")).body).toMatchObject({
      batches: 70,
      ticks: { accepted: 67 },
      recovery: { how: "snapshot", replayed_batches: 3, damaged_batches: 3 },
    });
  });
});

describe("a version without checksums that served in between", () => {
  it("loses none of its batches to the checksums that it left in the rows it wrote into", async () => {
    for (let at = 0; at < 70; at++) await ingest(tick("ROLLED", at));
    await runInDurableObject(stubOf("ROLLED"), ({ live }, { storage: { sql } }) => {
      live!.engine.saveSnapshot(live!.evaluation);
      for (let seq = 71; seq <= 75; seq++) {
        // As that version writes, into the row of an older batch.
        sql.exec("UPDATE slots SET slot = ? WHERE seq = ?", seq, seq - 70);
        const rows = Float64Array.of(START_MS + seq * 1000, 100, NaN, NaN, NaN, NaN, NaN, NaN);
        sql.exec(
          `INSERT INTO slots (slot, seq, last_ts_ms, producer, producer_seq, batch, verdicts, held_verdict,
             watermark_ms, written_at_ms) VALUES (?, ?, ?, NULL, NULL, ?, NULL, NULL, ?, ?)
           ON CONFLICT (slot) DO UPDATE SET seq = excluded.seq, last_ts_ms = excluded.last_ts_ms,
             producer = excluded.producer, producer_seq = excluded.producer_seq, batch = excluded.batch,
             verdicts = excluded.verdicts, held_verdict = excluded.held_verdict,
             watermark_ms = excluded.watermark_ms, written_at_ms = excluded.written_at_ms`,
          ...[seq, seq, rows[0]!, rows.buffer, rows[0]!, Date.now()],
        );
      }
      expect(sql.exec("SELECT count(*) AS n FROM slots WHERE seq > 70 AND checksum IS NOT NULL").one()["n"]).toBe(5);
    });
    await evictDurableObject(stubOf("ROLLED"));
    expect((await fetchJson("/symbols/ROLLED")).body).toMatchObject({
      batches: 75,
      ticks: { accepted: 75 },
      recovery: { how: "snapshot", replayed_batches: 5, damaged_batches: 0 },
    });
    // And its snapshot, whose text is another one.
    await sqlOf("ROLLED", `UPDATE snapshot SET seq = 71, meta = '{"version":1,"producers":[]}'`);
    await evictDurableObject(stubOf("ROLLED"));
    expect((await fetchJson("/symbols/ROLLED")).body.recovery).toMatchObject({ how: "snapshot", replayed_batches: 4 });
  });
});

describe("the archive", () => {
  const five = async (desk: Desk): Promise<void> => {
    for (let k = 0; k < 5; k++) await desk.apply(steady(10, START_MS + k * 10_000));
  };
  const without = (...lost: number[]): Float64Array =>
    Float64Array.from(
      [0, 1, 2, 3, 4].filter((k) => !lost.includes(k)).flatMap((k) => [...steady(10, START_MS + k * 10_000)]),
    );

  it("goes past a slot with a flipped bit, counts it, and compares nothing that it cannot have", async () => {
    await atDesk("PAST", async (desk, { sql }) => {
      await five(desk);
      flipBit(sql, "batch", 2, bitOf(7) + 3);
      await desk.archive.run(LATER_MS);
      expect(desk.figures).toMatchObject({ archivedTicks: 40, backlogBytes: 0, parityMismatches: 0, lostBatches: 1 });
      expect(desk.archive.failures).toBe(0);
      await desk.apply(steady(10, START_MS + 50_000));
      await desk.archive.run(LATER_MS);
      expect(desk.figures).toMatchObject({ archivedTicks: 50, parityMismatches: 0, lostBatches: 1 });
    });
    expect(texts(await readBack("PAST")).slice(0, 40)).toEqual(texts(without(1)));
  });

  it("has the batches before and after a missing slot, also after a restart", async () => {
    await atDesk("HOLE", async (desk, { sql }) => {
      await five(desk);
      sql.exec("DELETE FROM slots WHERE seq = 3");
      desk.restart();
      await desk.archive.run(LATER_MS);
      expect(desk.figures).toMatchObject({ archivedTicks: 40, backlogBytes: 0, parityMismatches: 0, lostBatches: 1 });
    });
    expect(texts(await readBack("HOLE"))).toEqual(texts(without(2)));
  });

  it("goes past a slot from before checksums whose id is no whole number", async () => {
    await atDesk("UNCHECKED", async (desk, { sql }) => {
      await five(desk);
      sql.exec("UPDATE slots SET checksum = NULL");
      const bad = steady(10, START_MS + 10_000);
      bad[ID_FIELD] = 0.5;
      sql.exec("UPDATE slots SET batch = ? WHERE seq = 2", narrowRows(bad).rows.buffer);
      await desk.archive.run(LATER_MS);
      expect(desk.figures).toMatchObject({ archivedTicks: 40, lostBatches: 1 });
    });
  });
});
