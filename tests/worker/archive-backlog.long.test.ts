import { describe, expect, it } from "vitest";
import { MAX_BACKLOG_BYTES } from "../../src/durable/symbol/archive/archive-ledger.ts";
import { storedBytes, TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { START_MS } from "../features/tick-stream.ts";
import { Desk, FAILING, LATER_MS, atDesk, readBack, steady, texts } from "./archive-desk.ts";

describe("slots that wait for the archive", () => {
  it("are never overwritten, however old, and take no more than 64 MB", async () => {
    await atDesk("BACKLOG", async (desk, storage) => {
      const away = new Desk("BACKLOG", storage, FAILING);
      for (let k = 0; k < 400; k++) await away.apply(steady(1, START_MS + k * 60_000));
      expect(storage.sql.exec("SELECT count(*) AS n FROM slots").one()).toEqual({ n: 400 });
      const late = steady(16_384, START_MS - 1e9, 1);
      let batches = 0;
      while (!away.ledger!.isBacklogged) {
        await away.apply(late);
        batches += 1;
      }
      expect(batches).toBe(Math.ceil((MAX_BACKLOG_BYTES - 400 * 64) / storedBytes(late)));
      away.restart();
      expect(away.ledger!.isBacklogged).toBe(true);
      expect(away.figures.backlogBytes).toBe(400 * 64 + batches * storedBytes(late));
      desk.restart();
      await desk.archive.run(LATER_MS);
      expect(desk.figures).toMatchObject({ archivedTicks: 400, backlogBytes: 0, parityMismatches: 0 });
      expect(desk.ledger!.isBacklogged).toBe(false);
    });
    const archived = await readBack("BACKLOG");
    expect(archived.filter((_, at) => at % TICK_FIELDS === 0)).toEqual(
      Float64Array.from({ length: 400 }, (_, k) => START_MS + k * 60_000),
    );
  });

  it("may go without a bucket; the archive then begins anew with the next batch", async () => {
    await atDesk("UNBOUND", async (desk) => {
      await desk.apply(steady(10));
      desk.restart(false);
      expect(desk.ledger).toBeUndefined();
      expect(desk.archive.nextDueMs(desk.nowMs)).toBeUndefined();
      await desk.archive.run(LATER_MS);
      for (let k = 1; k < 400; k++) await desk.apply(steady(1, START_MS + k * 60_000));
      desk.restart();
      await desk.apply(steady(20, START_MS + 400 * 60_000));
      await desk.archive.run(LATER_MS);
      expect(desk.figures).toMatchObject({ archivedTicks: 20, parityMismatches: 0 });
    });
    expect(texts(await readBack("UNBOUND"))).toEqual(texts(steady(20, START_MS + 400 * 60_000)));
  });

  it("cost one written row a batch, a few more with each snapshot, three with each object", async () => {
    await atDesk("COST", async (desk, storage) => {
      await desk.apply(steady(1));
      const { sql } = storage;
      const cursors: { readonly rowsWritten: number }[] = [];
      const exec = (query: string, ...bindings: unknown[]) => {
        const cursor = sql.exec(query, ...bindings);
        cursors.push(cursor);
        return cursor;
      };
      for (const store of [desk.stores.slots, desk.stores.pages]) {
        Reflect.set(store, "sql", { exec, databaseSize: sql.databaseSize });
      }
      const written = async (work: () => unknown): Promise<number> => {
        cursors.length = 0;
        await work();
        return cursors.reduce((rows, cursor) => rows + cursor.rowsWritten, 0);
      };
      const rows = new Map<number, number>();
      for (let k = 1; k < 130; k++) {
        const n = await written(() => desk.apply(steady(1, START_MS + k * 1000)));
        if (n !== 1) rows.set(k + 1, n);
      }
      expect([...rows]).toEqual([
        // The slot, the snapshot, the hashes, the chunk of kept steps, the monitor's five pages and two of what learns;
        // after that only the pages that changed.
        [65, 11],
        [129, 8],
      ]);
      expect(await written(() => desk.archive.run(LATER_MS))).toBe(3);
    });
  });

  it("lose a batch that cannot be read, and nothing else", async () => {
    await atDesk("HURT", async (desk, storage) => {
      for (let k = 0; k < 5; k++) await desk.apply(steady(10, START_MS + k * 10_000));
      storage.sql.exec("UPDATE slots SET batch = 'oops' WHERE seq = 2");
      storage.sql.exec("UPDATE slots SET verdicts = x'0000' WHERE seq = 3");
      storage.sql.exec("DELETE FROM slots WHERE seq = 4");
      await desk.archive.run(LATER_MS);
      expect(desk.figures).toMatchObject({ archivedTicks: 20, backlogBytes: 0, lostBatches: 3 });
      expect(desk.figures).toMatchObject({ parityMismatches: 0, paritySkipped: 49 });
    });
  });

  it("are taken over from a database of before the archive", async () => {
    await atDesk("BEFORE", async (desk, { sql }) => {
      for (let k = 0; k < 3; k++) await desk.apply(steady(10, START_MS + k * 10_000));
      for (const column of ["verdicts", "held_verdict", "watermark_ms", "written_at_ms", "checksum", "checksum_seq"]) {
        sql.exec(`ALTER TABLE slots DROP COLUMN ${column}`);
      }
      sql.exec("DELETE FROM pages");
      desk.restart();
      expect(desk.live.engine.batches).toBe(3);
      expect(desk.live.engine.recovery.replayedBatches).toBe(3);
      await desk.apply(steady(10, START_MS + 30_000));
      desk.restart();
      await desk.archive.run(LATER_MS);
      expect(desk.figures).toMatchObject({ archivedTicks: 10, parityMismatches: 0, paritySteps: 10 });
    });
  });
});
