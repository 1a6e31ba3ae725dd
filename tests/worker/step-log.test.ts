// The log of a grid's steps in a database: what it keeps, what it writes, and what it leaves out.
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { KEPT_CHUNKS, StepLog, stepPagesOf } from "../../src/durable/symbol/steps/step-log.ts";
import { PageStore } from "../../src/durable/symbol/storage/page-store.ts";
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import { CHUNK_STEPS } from "../../src/steps/step-chunk.ts";
import { stubOf } from "./gateway.ts";

const FIRST = 1_000_000 * CHUNK_STEPS;

interface Bench {
  readonly open: () => StepLog;
  readonly rows: () => number;
}

/** A log in the storage of an object of its own. */
function atLog(symbol: string, work: (bench: Bench) => void): Promise<void> {
  return runInDurableObject(stubOf(symbol), (_, { storage }) => {
    const rows = (): number =>
      Number(storage.sql.exec(`SELECT count(*) AS n FROM pages WHERE id LIKE 'steps/%'`).one()["n"]);
    work({ open: () => new StepLog(new PageStore(storage), stepPagesOf()), rows });
  });
}

/** Steps whose price is their number. */
function stepsFrom(first: number, count: number): ClosedSteps {
  const steps = new ClosedSteps(1, count, []);
  for (let k = 0; k < count; k++) {
    const at = steps.append();
    steps.index[at] = first + k;
    steps.price[at] = first + k;
  }
  return steps;
}

function pricesOf(log: StepLog): number[] {
  return [...log.between(0, Infinity)].flatMap((chunk) => [...chunk.price].filter((price) => !Number.isNaN(price)));
}

const numbers = (first: number, count: number): number[] => Array.from({ length: count }, (_, k) => first + k);

describe("a log of steps", () => {
  it("has what was added before and after it was written, each step once, in order", async () => {
    await atLog("L-ORDER", ({ open, rows }) => {
      const log = open();
      log.add(stepsFrom(FIRST, 700), undefined);
      expect([rows(), pricesOf(log)]).toEqual([0, numbers(FIRST, 700)]);
      log.save();
      log.save();
      expect(rows()).toBe(3);
      // A restart replays what the last snapshot may have already.
      const restarted = open();
      restarted.add(stepsFrom(FIRST + 650, 300), undefined);
      expect(pricesOf(restarted)).toEqual(numbers(FIRST, 950));
      expect(restarted.extent).toEqual({ first: FIRST, last: FIRST + 949 });
      restarted.save();
      expect([rows(), pricesOf(open())]).toEqual([4, numbers(FIRST, 950)]);
    });
  });

  it("forgets what was not written", async () => {
    await atLog("L-LOST", ({ open }) => {
      const log = open();
      log.add(stepsFrom(FIRST, 10), undefined);
      log.save();
      log.add(stepsFrom(FIRST + 10, 10), undefined);
      expect(pricesOf(open())).toEqual(numbers(FIRST, 10));
    });
  });

  it("keeps a bounded number of chunks, in storage and of those that wait for a snapshot", async () => {
    await atLog("L-BOUND", ({ open, rows }) => {
      const log = open();
      for (let chunk = 0; chunk < KEPT_CHUNKS + 5; chunk++) {
        log.add(stepsFrom(FIRST + chunk * CHUNK_STEPS, 1), undefined);
        log.save();
      }
      expect(rows()).toBe(KEPT_CHUNKS + 1);
      expect(log.extent?.first).toBe(FIRST + 4 * CHUNK_STEPS);
      const waiting = open();
      waiting.add(stepsFrom(FIRST + 10_000 * CHUNK_STEPS, 40 * CHUNK_STEPS), undefined);
      expect(pricesOf(waiting).length).toBeLessThanOrEqual(29 * CHUNK_STEPS);
      waiting.save();
      // What lies further back than the bound is gone with it.
      expect(rows()).toBeLessThanOrEqual(29);
    });
  });

  it("gives the last steps, those after a time alone, and none of a batch that is at work", async () => {
    await atLog("L-RECENT", ({ open }) => {
      const log = open();
      log.add(stepsFrom(FIRST, 320), undefined);
      const endOf = (step: number): number => (FIRST + step + 1) * 1000;
      const times = (sinceMs: number, throughMs: number) =>
        log.recent(1000, sinceMs, throughMs).map(({ tsMs }) => tsMs);
      expect(times(-Infinity, endOf(310))).toEqual(numbers(271, 40).map(endOf));
      expect(times(endOf(308), endOf(310))).toEqual([endOf(309), endOf(310)]);
      expect(times(endOf(310), endOf(310))).toEqual([]);
    });
  });

  it("does not let a fault of the answers through", async () => {
    await atLog("L-FAULT", ({ open }) => {
      const log = open();
      const fail = () => {
        throw new Error("a bug");
      };
      expect(() => log.add(stepsFrom(FIRST, 2), fail)).not.toThrow();
      expect(pricesOf(log)).toEqual([]);
    });
  });
});
