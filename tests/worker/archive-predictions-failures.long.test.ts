// The archive of predictions while its bucket fails, and without it.
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { logAnswers } from "../../src/durable/symbol/log-answers.ts";
import { RetainedModels } from "../../src/durable/symbol/retained-models.ts";
import type { StepScores } from "../../src/durable/symbol/scoring.ts";
import { ClosedSteps } from "../../src/features/closed-steps.ts";
import { createSymbol } from "../../src/durable/symbol/live-symbol.ts";
import { noCountersYet } from "../../src/durable/symbol/symbol-counters.ts";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { modelHost } from "../../src/model/model-host.ts";
import { updateModels } from "../../src/model-refresh.ts";
import { parseSettings } from "../../src/settings.ts";
import { BUCKET, Desk, FAILING, LATER_MS, atDesk, keysOf, steady } from "./archive-desk.ts";
import { archivedRows, predictionKeys } from "./archived-predictions.ts";
import { stubOf } from "./gateway.ts";
import { START_MS } from "../features/tick-stream.ts";

/** Applies `quarters` quarters of an hour of ticks, a second each, and archives what is due after each. */
async function serve(desk: Desk, quarters: number, from = 0): Promise<void> {
  await updateModels(env);
  desk.models = modelHost.serving;
  for (let k = from * 9; k < (from + quarters) * 9; k++) {
    await desk.apply(steady(100, START_MS + k * 100_000));
    if (k % 9 === 8) await desk.archive.run(LATER_MS);
  }
}

/** A bucket that does all but what is said. */
function bucketWith(changes: Partial<R2Bucket>): R2Bucket {
  return {
    put: BUCKET.put.bind(BUCKET),
    head: BUCKET.head.bind(BUCKET),
    get: BUCKET.get.bind(BUCKET),
    ...changes,
  } as R2Bucket;
}

/** The same file by a writer of another name. */
function byAnotherWriter(bytes: ArrayBuffer): ArrayBuffer {
  const other = new Uint8Array(bytes.slice(0));
  const at = new TextDecoder("latin1").decode(other).lastIndexOf("volgate");
  other.set(new TextEncoder().encode("another"), at);
  return other.buffer;
}

/** Every step is there once and with its label. */
async function expectLabels(symbol: string, desk: Desk): Promise<void> {
  const rows = await archivedRows(symbol);
  expect(rows.filter(({ label }) => label === null)).toEqual([]);
  expect(steps(rows)).toEqual(Array.from(rows, (_, k) => Number(rows[0]!["ts"]) + k * 1000));
  expect(desk.figures.predictions).toMatchObject({ archived: rows.length, lost: 0, waiting: 60 });
}

const steps = (rows: readonly Record<string, unknown>[]): number[] => rows.map(({ ts }) => Number(ts));

describe("the archive of predictions", () => {
  it("waits while the bucket is away, and loses nothing", async () => {
    await atDesk("P-AWAY", async (desk, storage) => {
      const away = new Desk("P-AWAY", storage, FAILING);
      await serve(away, 5);
      const { waiting, lost, lagMs } = away.figures.predictions!;
      expect([waiting > 3000, lost]).toEqual([true, 0]);
      expect(lagMs).toBeGreaterThan(3_000_000);
      desk.restart();
      await serve(desk, 1, 5);
      const { archived, waiting: left } = desk.figures.predictions!;
      expect([archived + left > waiting, left]).toEqual([true, 60]);
      const found = steps(await archivedRows("P-AWAY"));
      expect(found).toHaveLength(archived);
      expect(found).toEqual(Array.from({ length: archived }, (_, k) => found[0]! + k * 1000));
    });
  });

  it("ends in the same object when it stops between writing it and noting it", async () => {
    await atDesk("P-TWICE", async (desk, storage) => {
      let deafTo = 1;
      const put = async (...args: Parameters<R2Bucket["put"]>) => {
        const object = await BUCKET.put(...args);
        if (args[0].startsWith("predictions/") && deafTo-- > 0) throw new Error("connection lost");
        return object;
      };
      const deaf = new Desk("P-TWICE", storage, bucketWith({ put: put as R2Bucket["put"] }));
      await serve(deaf, 2);
      expect(deaf.archive.failures).toBe(1);
      const [key = ""] = await predictionKeys("P-TWICE");
      const { etag, uploaded } = (await BUCKET.head(key))!;
      desk.restart();
      await serve(desk, 1, 2);
      expect(await BUCKET.head(key)).toMatchObject({ etag, uploaded });
      const found = steps(await archivedRows("P-TWICE"));
      expect(new Set(found).size).toBe(found.length);
      expect(desk.figures.predictions).toMatchObject({ archived: found.length, lost: 0 });
    });
  });

  it("ends in the same object when another version encodes the same rows otherwise", async () => {
    await atDesk("P-VERSION", async (desk, storage) => {
      let deafTo = 1;
      const put = async (key: string, bytes: ArrayBuffer, options: R2PutOptions) => {
        if (!key.startsWith("predictions/") || deafTo-- <= 0) return await BUCKET.put(key, bytes, options);
        await BUCKET.put(key, byAnotherWriter(bytes), options);
        throw new Error("connection lost");
      };
      const deaf = new Desk("P-VERSION", storage, bucketWith({ put: put as R2Bucket["put"] }));
      await serve(deaf, 2);
      expect(deaf.archive.failures).toBe(1);
      desk.restart();
      await serve(desk, 1, 2);
      expect(desk.archive.failures).toBe(0);
      expect((await predictionKeys("P-VERSION")).filter((key) => key.includes("~"))).toEqual([]);
      const found = steps(await archivedRows("P-VERSION"));
      expect(new Set(found).size).toBe(found.length);
      expect(desk.figures.predictions).toMatchObject({ archived: found.length, lost: 0 });
    });
  });

  it("still has the labels of a symbol that was about to be removed and goes on", async () => {
    await atDesk("P-FLUSHED", async (desk) => {
      await serve(desk, 2);
      expect(await desk.archive.flush()).toBe(true);
      await serve(desk, 2, 2);
      await expectLabels("P-FLUSHED", desk);
    });
  });

  for (const [what, isWritten] of [
    ["could not be written", false],
    ["were written and not confirmed", true],
  ] as const) {
    it(`still has the last labels when the predictions without one ${what}`, async () => {
      const symbol = `P-LAST-${String(isWritten)}`;
      await atDesk(symbol, async (desk, storage) => {
        let isAway = false;
        const put = async (...args: Parameters<R2Bucket["put"]>) => {
          const object = isAway && !isWritten ? null : await BUCKET.put(...args);
          if (isAway) throw new Error("connection lost");
          return object;
        };
        const flaky = new Desk(symbol, storage, bucketWith({ put: put as R2Bucket["put"] }));
        await serve(flaky, 2);
        expect(await flaky.archive.flush()).toBe(true);
        isAway = true;
        expect([await flaky.archive.writeLast(), flaky.archive.failures]).toEqual([false, 1]);
        const nulls = (await archivedRows(symbol)).filter(({ label }) => label === null);
        expect(nulls).toHaveLength(isWritten ? 60 : 0);
        desk.restart();
        await serve(desk, 2, 2);
        await expectLabels(symbol, desk);
      });
    });
  }

  it("takes another name where one is taken by other bytes", async () => {
    await atDesk("P-TAKEN", async (desk) => {
      const put = ((key: string, ...rest: [ArrayBuffer]) => {
        if (key.startsWith("predictions/")) taken ??= key;
        return BUCKET.put(key, ...rest);
      }) as R2Bucket["put"];
      let taken: string | undefined;
      const names = bucketWith({ put });
      await runInDurableObject(stubOf("P-NAMES"), async (_, { storage }) => {
        await serve(new Desk("P-TAKEN", storage, names), 2);
      });
      await BUCKET.put(taken!, "of a symbol that was removed");
      for (const key of await keysOf("P-TAKEN")) await BUCKET.delete(key);
      await serve(desk, 2);
      await desk.archive.run(desk.archive.nextDueMs(LATER_MS)!);
      expect((await predictionKeys("P-TAKEN")).slice(0, 2)).toEqual([taken, taken!.replace(".parquet", "~2.parquet")]);
      expect(desk.figures.predictions!.archived).toBeGreaterThan(500);
    });
  });

  it("has none where predictions are left out, and costs nothing then", async () => {
    await atDesk("P-OFF", async (desk) => {
      desk.stores = { ...desk.stores, keepsPredictions: false };
      desk.live = createSymbol("P-OFF", DEFAULT_ENGINE_CONFIG, desk.stores, noCountersYet());
      await serve(desk, 3);
      expect(desk.figures).toMatchObject({ archivedTicks: 2700, predictions: null });
      expect([...desk.stores.pages.load("predictions").keys()]).toEqual([]);
      const untouched = new Proxy({} as StepScores, {
        get: () => {
          throw new Error("scores were looked at");
        },
      });
      const serving = {
        models: new RetainedModels(desk.models),
        experiment: null,
        priors: {},
      };
      expect(() => logAnswers(desk.live, new ClosedSteps(1), untouched, serving)).not.toThrow();
    });
    expect(await predictionKeys("P-OFF")).toEqual([]);
    expect(parseSettings({ ...env, ARCHIVE_PREDICTIONS: "off" }).archivesPredictions).toBe(false);
    expect(parseSettings(env).archivesPredictions).toBe(true);
  });
});
