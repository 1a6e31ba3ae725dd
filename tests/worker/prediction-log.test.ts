// What waits for the archive of predictions is bounded, survives damage, and is never archived twice.
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { PredictionLog } from "../../src/durable/symbol/archive/prediction-log.ts";
import { type AnsweringModel, PredictionRows } from "../../src/durable/symbol/archive/prediction-rows.ts";
import type { ServedAnswers } from "../../src/durable/symbol/archive/served-answers.ts";
import { PageStore } from "../../src/durable/symbol/storage/page-store.ts";
import { SlotStore } from "../../src/durable/symbol/storage/slot-store.ts";
import { ClosedSteps, FLAG } from "../../src/features/closed-steps.ts";
import { LABEL } from "../../src/features/label-window.ts";
import { encodePage } from "../../src/features/page-buffer.ts";
import { stubOf } from "./gateway.ts";

const HORIZON = 60;
const MODEL: AnsweringModel = {
  sha256: "ab".repeat(32),
  name: "a model",
  version: "1",
  threshold: 0.5,
  variant: "champion",
  standIn: false,
  labelText: "a label",
};
/** The step that begins a day of steps of 1 s. */
const MIDNIGHT = 20_000 * 86_400;

interface Bench {
  readonly log: PredictionLog;
  readonly storage: DurableObjectStorage;
  /** Adds steps that were answered, with a label each; the first begins a segment where there is none before. */
  readonly add: (from: number, count: number, log?: PredictionLog) => void;
  readonly reload: (snapshotSeq: number, rebuilt?: boolean) => PredictionLog;
}

/** A log in the storage of an object of its own. */
function atLog(symbol: string, work: (bench: Bench) => void | Promise<void>): Promise<void> {
  return runInDurableObject(stubOf(symbol), async (_, { storage }) => {
    const reload = (snapshotSeq: number, rebuilt = false) => {
      const of = { stepMs: 1000, horizonSteps: HORIZON, snapshotSeq, rebuilt };
      return new PredictionLog(new SlotStore(storage), new PageStore(storage), of);
    };
    const log = reload(0);
    log.answer("model");
    const add: Bench["add"] = (from, count, to = log) => to.add(stepsOf(from, count), columnOf, () => answersOf(count));
    await work({ log, storage, add, reload });
  });
}

const columnOf = (text: string): number => (text === MODEL.labelText ? 0 : -1);

function stepsOf(from: number, count: number): ClosedSteps {
  const steps = new ClosedSteps(1, count);
  for (let k = 0; k < count; k++) {
    steps.append();
    steps.index[k] = from + k;
    steps.flags[k] = FLAG.observed | FLAG.ready;
    steps.tau[k] = 0.001;
    steps.label[k] = k % 2 === 0 ? LABEL.spike : LABEL.calm;
  }
  return steps;
}

function answersOf(count: number): ServedAnswers {
  const scores = new Float32Array(count).fill(0.25);
  const sigmaQuantiles = new Float32Array(3 * count).map((_, i) => [0.2, 0.25, 0.3][i % 3]!);
  return { scores, raw: scores, sigmaRatios: scores, sigmaQuantiles, modelOf: () => ({ model: MODEL, column: 0 }) };
}

/** Takes every object that is due; returns the steps of each. */
function takeAll(log: PredictionLog, archivedMs = Infinity): number[][] {
  const taken: number[][] = [];
  for (let chunk = log.nextChunk(archivedMs); chunk !== undefined; chunk = log.nextChunk(archivedMs)) {
    const rows = log.chunks.rowsOf(chunk)!;
    taken.push([...rows.index.subarray(0, rows.count)]);
    log.chunks.commit(chunk, true);
  }
  return taken;
}

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, k) => from + k);

describe("rows that wait", () => {
  it("keep volatilities and the model's own score across storage; an older version stored neither", () => {
    const rows = new PredictionRows();
    const row = { index: 7, score: 0.5, tau: 0.001, raw: 0.25, flags: 1, sigmas: [0.5, 0.25, 0.75, 1.5] };
    rows.append(row, MODEL);
    const { rows: stored } = PredictionRows.decode(rows.encode({}));
    expect([stored.sigma[0], stored.sigma10[0], stored.sigma50[0], stored.sigma90[0]]).toEqual(row.sigmas);
    expect([stored.score[0], stored.raw[0]]).toEqual([0.5, 0.25]);
    const arrays = [
      ...[Float64Array.of(7), Float32Array.of(0.5), Float64Array.of(0.001)],
      ...[Uint8Array.of(1), Uint8Array.of(0), Uint8Array.of(2), Float64Array.of(9)],
    ];
    const numbers = { models: JSON.stringify([MODEL]) };
    const { rows: older } = PredictionRows.decode(encodePage("prediction-rows 1", { numbers, arrays }));
    expect([older.count, older.index[0], older.settledBy[0], older.modelOf(0)]).toEqual([1, 7, 9, MODEL]);
    expect([older.sigma[0], older.sigma90[0], older.score[0], older.raw[0]]).toEqual([NaN, NaN, 0.5, 0.5]);
  });
});

describe("predictions that wait for the archive", () => {
  it("are taken when the ticks that settled them are archived, and no earlier", async () => {
    await atLog("LOG-DUE", ({ log, add }) => {
      add(MIDNIGHT, 200);
      // The step 100 brings the label of step 40, and ends a second later.
      const archivedMs = (MIDNIGHT + 101) * 1000;
      expect(log.isDue((MIDNIGHT + HORIZON) * 1000)).toBe(false);
      expect(takeAll(log, archivedMs)).toEqual([range(MIDNIGHT, 41)]);
      expect(takeAll(log, archivedMs + 999)).toEqual([]);
      expect(takeAll(log)).toEqual([range(MIDNIGHT + 41, 99)]);
      expect(log.figures((MIDNIGHT + 200) * 1000)).toEqual({ archived: 140, lost: 0, waiting: 60, lagMs: 59_000 });
    });
  });

  it("are cut at midnight, and into chunks of 4,096 that leave memory with the snapshot", async () => {
    await atLog("LOG-CUT", ({ log, add, storage }) => {
      add(MIDNIGHT - 1000, 10_000);
      log.save(1);
      const pages = storage.sql.exec("SELECT id, length(bytes) AS n FROM pages ORDER BY id").toArray();
      expect(pages.map(({ id }) => String(id).replace(/\d+/, "N"))).toEqual([
        "prediction-chunks/N/rows",
        "prediction-chunks/N/rows",
        "prediction-chunks/N/rows",
        "predictions/open",
        "predictions/progress",
      ]);
      const taken = takeAll(log);
      // A row is stamped with the end of its step: midnight itself is the new day's.
      expect(taken.map((steps) => [steps[0]! - MIDNIGHT, steps.length])).toEqual([
        [-1000, 999],
        [-1, 4096],
        [4095, 4096],
        [8191, 749],
      ]);
      expect(taken.flat()).toEqual(range(MIDNIGHT - 1000, 9940));
    });
  });

  it("are given up, oldest first, above 64 chunks, and counted", async () => {
    await atLog("LOG-FULL", ({ log, add, storage }) => {
      for (let k = 0; k < 70; k++) {
        add(MIDNIGHT + k * 4096, 4096);
        log.save(k);
      }
      const { archived, lost, waiting } = log.figures(0);
      expect([archived, lost + waiting]).toEqual([0, 70 * 4096]);
      expect(lost).toBeGreaterThan(4 * 4096);
      const [{ n } = { n: 0 }] = storage.sql.exec("SELECT count(*) AS n FROM pages WHERE id LIKE '%/rows'").toArray();
      expect(n).toBe(64);
      const taken = takeAll(log).flat();
      expect(taken).toEqual(range(MIDNIGHT + lost, 70 * 4096 - lost - HORIZON));
    });
  });

  it("of a batch that closes more steps than memory may hold lose the oldest, and are counted", async () => {
    await atLog("LOG-WIDE", ({ log, add }) => {
      add(MIDNIGHT, 70_000);
      log.save(1);
      const { lost, waiting } = log.figures(0);
      expect([lost, waiting]).toEqual([2 * 4096, 70_000 - 2 * 4096]);
    });
  });

  it("have no label where a segment ends, and none under a label that is not computed any more", async () => {
    await atLog("LOG-ENDS", ({ log, add }) => {
      add(MIDNIGHT, 100);
      log.add(stepsOf(MIDNIGHT + 100, 10), () => -1, undefined);
      add(MIDNIGHT + 1000, 1);
      const rows = log.chunks.rowsOf(log.nextChunk(Infinity)!)!;
      expect([...rows.label.subarray(0, 42)]).toEqual([
        ...Array.from({ length: 40 }, (_, k) => (k % 2 === 0 ? LABEL.spike : LABEL.calm) + 1),
        0,
        0,
      ]);
      expect(rows.count).toBe(100);
      expect([...rows.label.subarray(42, 100)]).toEqual(new Array(58).fill(0));
      expect(rows.settledBy[99]).toBe(MIDNIGHT + 1000);
    });
  });

  it("are not archived twice when their steps are replayed after a crash", async () => {
    await atLog("LOG-CRASH", ({ log, add, reload }) => {
      log.save(0);
      add(MIDNIGHT, 200);
      const [first] = takeAll(log);
      const again = reload(0);
      expect(again.isAnswering("model")).toBe(true);
      add(MIDNIGHT, 250, again);
      const [second] = takeAll(again);
      expect([...first!, ...second!]).toEqual(range(MIDNIGHT, 190));
    });
  });

  it("keep a chunk whose object was being written", async () => {
    await atLog("LOG-PUT", ({ log, add, reload }) => {
      add(MIDNIGHT, 200);
      const chunk = log.nextChunk(Infinity)!;
      log.chunks.name(chunk, "a key");
      log.save(7);
      const again = reload(7).nextChunk(Infinity)!;
      expect(again).toEqual({ ...chunk, key: "a key" });
    });
  });

  for (const [what, seq, rebuilt] of [
    ["of another snapshot", 6, false],
    ["of a state that was rebuilt", 7, true],
  ] as const) {
    it(`await no label any more when they are ${what}, and what was answered since is not known`, async () => {
      await atLog(`LOG-${String(rebuilt)}`, ({ log, add, reload }) => {
        add(MIDNIGHT, 100);
        log.save(7);
        const again = reload(seq, rebuilt);
        expect([again.isAnswering("model"), again.lastStep]).toEqual([false, MIDNIGHT + 99]);
        const rows = again.chunks.rowsOf(again.nextChunk(Infinity)!)!;
        expect([rows.count, rows.label[39], rows.label[40]]).toEqual([100, LABEL.calm + 1, 0]);
      });
    });
  }

  it("begin anew where their pages are damaged, and leave nothing behind", async () => {
    await atLog("LOG-TORN", ({ log, add, reload, storage }) => {
      add(MIDNIGHT, 9000);
      log.save(3);
      storage.sql.exec("UPDATE pages SET bytes = x'00' WHERE id = 'predictions/progress'");
      const again = reload(3);
      expect([again.isAnswering("model"), again.figures(0).waiting]).toEqual([false, 0]);
      expect(storage.sql.exec("SELECT id FROM pages WHERE id LIKE 'prediction-chunks/%'").toArray()).toEqual([]);
    });
  });

  it("keep their chunks when only what is open is damaged", async () => {
    await atLog("LOG-OPEN", ({ log, add, reload, storage }) => {
      add(MIDNIGHT, 5000);
      log.save(3);
      storage.sql.exec("UPDATE pages SET bytes = x'00' WHERE id = 'predictions/open'");
      const again = reload(3);
      expect(again.isAnswering("model")).toBe(false);
      expect(takeAll(again)).toEqual([range(MIDNIGHT, 4096)]);
    });
  });

  it("are lost and counted when answers cannot be told, and the batch is not", async () => {
    await atLog("LOG-FAULT", ({ log, add }) => {
      add(MIDNIGHT, 100);
      const fault = () => {
        throw new Error("no such model");
      };
      log.add(stepsOf(MIDNIGHT + 100, 1), columnOf, fault);
      expect(log.figures(0)).toMatchObject({ archived: 0, lost: 100, waiting: 0 });
    });
  });

  it("count a chunk that cannot be read as lost", async () => {
    await atLog("LOG-CHUNK", ({ log, add, storage }) => {
      add(MIDNIGHT, 200);
      const chunk = log.nextChunk(Infinity)!;
      storage.sql.exec("UPDATE pages SET bytes = x'00' WHERE id LIKE 'prediction-chunks/%'");
      expect(log.chunks.rowsOf(chunk)).toBeUndefined();
      log.chunks.commit(chunk, false);
      expect(log.figures(0)).toMatchObject({ archived: 0, lost: 140, waiting: 60 });
    });
  });
});
