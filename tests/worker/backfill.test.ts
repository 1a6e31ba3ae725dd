import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { missingBackfill } from "../../src/jobs/experiment/experiment-coverage.ts";
import { clearAlias, historyNow, post } from "./experiment-symbols.ts";
import { noExperiment, registryStub } from "./experiment-gateway.ts";
import { fetchJson, metric, sqlOf, stubOf } from "./gateway.ts";
import { evict } from "./monitored.ts";
import {
  backfill,
  begin,
  blocksOfMarket,
  feedAll,
  FROM_BLOCK,
  FROM_MS,
  PAIR,
  removeSymbol,
  wireBlock,
  wireBlocks,
} from "./backfill-desk.ts";

const BLOCKS = 14;
const STARTED_AT = 7 * 900 + 400;
const messages = blocksOfMarket(BLOCKS);
const BLOCK = wireBlock({
  ...{ block: FROM_BLOCK + 2, rows: 840, gainSum: 1, betSum: 0.9, bound: 12 },
  ...{ positives: 30, episodes: 2, complete: true },
});

const pooled = async () => (await post("/admin/experiment/evaluate")).body.comparison.pooled;
const pathNow = async () => (await fetchJson("/experiment")).body.comparison.pooled.path;

beforeEach(noExperiment);

describe("a backfilled challenger", () => {
  let [live, livePath, blocks]: [unknown, unknown, Awaited<ReturnType<typeof wireBlocks>>] = [null, null, []];
  beforeAll(async () => {
    await noExperiment();
    // The gateway that compares the two from the first tick on.
    await begin();
    await feedAll("BF-LIVE", messages);
    blocks = await wireBlocks("BF-LIVE");
    live = await pooled();
    livePath = await pathNow();
    await clearAlias("challenger");
    await removeSymbol("BF-LIVE");
    // The gateway that learns of the challenger in the middle of the eighth block.
    await feedAll("BF-LATE", messages.slice(0, STARTED_AT));
  });

  it("has the evidence that it would have earned live, bit for bit, with restarts in between", async () => {
    const id = await begin();
    await feedAll("BF-LATE", messages.slice(STARTED_AT));
    const before = await pooled();
    expect(before.blocks).toBeLessThan((live as { blocks: number }).blocks);
    const [seam, last] = [FROM_BLOCK + 7, FROM_BLOCK + 9];
    const earned = blocks.filter(({ block }) => block <= last);
    for (const restart of [() => evict("BF-LATE"), () => evictDurableObject(registryStub())]) await restart();
    const { status, body } = await backfill(id, { "bf-late": earned });
    expect([status, body.detail]).toEqual([200, undefined]);
    expect(body.comparison.pooled).toEqual(live);
    const time = (block: number): string => new Date(block * 900_000).toISOString();
    const span = { blocks: earned.length, from: time(earned[0]!.block), to: time(last + 1) };
    expect(body.symbols).toEqual([{ symbol: "BF-LATE", ...span, live_from: time(seam) }]);
    expect(body.comparison.symbols[0]).toMatchObject({
      ...{ backfilled: span, live_from: time(seam), archive_to: time(last + 1) },
    });
    expect(body.favours_champion).toBe(false);
    for (const restart of [() => evict("BF-LATE"), () => evictDurableObject(registryStub())]) await restart();
    expect(await pooled()).toEqual(live);
    expect(await pathNow()).toEqual(livePath);

    // Given again, nothing counts twice.
    expect((await backfill(id, { "BF-LATE": earned })).body.comparison.pooled).toEqual(live);
    const [entry] = await historyNow();
    expect(entry).toMatchObject({ alias: "experiment", by: "admin", who: "ada", reason: "a month ago" });
    expect(entry!["to"]).toContain(`shadow, BF-LATE backfilled with ${earned.length} blocks from ${span.from} on`);

    // A shorter one replaces the longer one. Without the first live blocks those count as they were compared live.
    const shorter = await backfill(id, { "BF-LATE": earned.slice(-5) });
    expect(shorter.body.comparison.pooled.blocks).toBe((live as { blocks: number }).blocks - earned.length + 5);
    const early = await backfill(id, { "BF-LATE": earned.slice(0, -3) });
    expect(early.body.comparison.pooled.blocks).toBe((live as { blocks: number }).blocks);
    expect(early.body.comparison.pooled.e_value).not.toBe((live as { e_value: number }).e_value);

    expect((await backfill(id, { "BF-LATE": blocks })).body.code).toBe("block_after_live");
  });

  it("begins without these blocks in another experiment of the same pair", async () => {
    const id = await begin();
    expect((await backfill(id, { "BF-LATE": blocks.slice(0, 3) })).status).toBe(200);
    await clearAlias("challenger");
    const next = await begin();
    expect(next).not.toBe(id);
    expect((await stubOf("BF-LATE").experimentBlocks(undefined, next))!.backfilled).toBeNull();
  });

  it("loses the blocks of a damaged page alone, and is whole after they are given again", async () => {
    const id = await begin();
    const given = { "BF-LATE": blocks.slice(0, 5) };
    const { body } = await backfill(id, given);
    const before = body.comparison.pooled.blocks as number;
    await sqlOf("BF-LATE", "UPDATE pages SET bytes = substr(bytes, 1, 40) WHERE id LIKE 'monitor/backfill/%'");
    await evict("BF-LATE");
    expect((await stubOf("BF-LATE").experimentBlocks(undefined, id))!.backfilled).toBeNull();
    expect(await metric("volgate_damaged_pages", { symbol: "BF-LATE" })).toBe(1);
    // What was decided stands, and is not computed anew from less.
    expect((await pooled()).blocks).toBe(before);
    const refused = await backfill(id, { "BF-LATE": blocks.slice(0, 2) });
    expect([refused.status, refused.body.code]).toEqual([409, "decided_blocks_gone"]);
    const whole = await backfill(id, given);
    expect([whole.status, whole.body.comparison.pooled]).toEqual([200, body.comparison.pooled]);
  });
});

describe("a backfill is refused, and keeps nothing,", () => {
  beforeAll(async () => {
    await noExperiment();
    await feedAll("BF-SHORT", messages.slice(0, 5 * 900));
  });
  const codeOf = async (
    blocks: Readonly<Record<string, unknown>>,
    changes: object = {},
  ): Promise<readonly [number, string]> => {
    const id = await begin();
    const { status, body } = await backfill(id, blocks, changes);
    expect((await stubOf("BF-SHORT").experimentBlocks(undefined, id))!.backfilled).toBeNull();
    return [status, body.code as string];
  };
  const one = (changes: object) => ({ "BF-SHORT": [{ ...BLOCK, ...changes }] });

  it.each([
    ["block_impossible", { rows: 841 }],
    ["block_impossible", { rows: 0, gain_sum: 0, positives: 0, episodes: 0 }],
    ["block_impossible", { positives: 841 }],
    ["block_impossible", { episodes: 31 }],
    ["block_impossible", { gain_sum: -841 }],
    ["block_impossible", { bet_sum: -12.1 }],
    ["block_impossible", { bound: 841 }],
    ["block_impossible", { bound: -1, bet_sum: 0 }],
    ["records_malformed", { bound: undefined }],
    ["records_malformed", { complete: false }],
    ["records_malformed", { gain_sum: null }],
    ["records_malformed", { block: 1.5 }],
  ])("as %s for %o", async (code, changes) => {
    expect(await codeOf(one(changes))).toEqual([400, code]);
  });

  it("for blocks out of order, twice, or none", async () => {
    const next = { ...BLOCK, block: BLOCK.block + 1 };
    expect(await codeOf({ "BF-SHORT": [next, BLOCK] })).toEqual([400, "block_out_of_order"]);
    expect(await codeOf({ "BF-SHORT": [BLOCK, BLOCK] })).toEqual([400, "block_out_of_order"]);
    expect(await codeOf({ "BF-SHORT": [] })).toEqual([400, "records_malformed"]);
    expect(await codeOf({})).toEqual([400, "records_malformed"]);
    const twice = { "BF-SHORT": [BLOCK], "bf-short": [BLOCK] };
    expect(await codeOf(twice)).toEqual([400, "records_malformed"]);
  });

  it("for blocks of the challenger's training, and for those that have not ended", async () => {
    const trained = Date.UTC(2025, 11, 2) / 900_000 - 1;
    expect(await codeOf(one({ block: trained }))).toEqual([409, "block_in_training"]);
    expect(await codeOf(one({ block: FROM_BLOCK + 4 }))).toEqual([409, "block_in_future"]);
  });

  it("for another experiment, another pair, no experiment, and a symbol without ticks", async () => {
    expect(await codeOf({ "BF-NONE": [BLOCK] })).toEqual([404, "unknown_symbol"]);
    expect(await codeOf({ "BF-SHORT": [BLOCK], "BF-NONE": [BLOCK] })).toEqual([404, "unknown_symbol"]);
    expect(await codeOf(one({}), { experiment: "1-a-b" })).toEqual([409, "experiment_changed"]);
    const pair = { ...PAIR, challenger: "a".repeat(64) };
    expect(await codeOf(one({}), { pair })).toEqual([409, "experiment_changed"]);
    await noExperiment();
    expect((await backfill("1-a-b", one({}))).body.code).toBe("no_experiment");
  });

  it("for what is missing or malformed, with a code each", async () => {
    expect(await codeOf(one({}), { experiment: 7 })).toEqual([400, "experiment_malformed"]);
    expect(await codeOf(one({}), { pair: PAIR.champion })).toEqual([400, "pair_malformed"]);
    expect(await codeOf(one({}), { by: "" })).toEqual([400, "by_malformed"]);
    expect(await codeOf(one({}), { reason: undefined })).toEqual([400, "reason_malformed"]);
    expect(await codeOf(one({}), { since: "30d" })).toEqual([400, "field_unknown"]);
  });

  it("but taken for a symbol to which no tick has come since the challenger was named", async () => {
    const id = await begin();
    const { status, body } = await backfill(id, one({}));
    expect([status, body.symbols?.[0].live_from]).toEqual([200, null]);
    expect(body.symbols[0].from).toBe(new Date(FROM_MS + 2 * 900_000).toISOString());
  });
});

describe("a backfill that cannot be judged whole", () => {
  const blocks = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ ...BLOCK, block: FROM_BLOCK + from + i }));
  beforeAll(async () => {
    await noExperiment();
    // Their live blocks of this pair are none of these tests'.
    for (const symbol of ["BF-LATE", "BF-SHORT"]) await removeSymbol(symbol);
    await feedAll("BF-GONE", messages.slice(0, 9 * 900));
    await feedAll("BF-OTHER", messages.slice(0, 5 * 900));
  });

  it("waits for each symbol that has blocks of the archive, and decides nothing before", async () => {
    const id = await begin();
    const log = vi.spyOn(console, "error").mockReturnValue();
    const silent = { ...env.SYMBOLS, idFromName: (name: string) => name } as unknown as typeof env.SYMBOLS;
    silent.get = ((name: unknown) => {
      const stub = stubOf(String(name));
      const experimentBlocks = (...args: [string?, string?]) => {
        return name === "BF-GONE" ? Promise.reject(new Error("overloaded")) : stub.experimentBlocks(...args);
      };
      return { experimentBlocks, backfill: (...args: Parameters<typeof stub.backfill>) => stub.backfill(...args) };
    }) as unknown as typeof silent.get;
    const records = [{ symbol: "BF-GONE", blocks: blocks(1, 6) }];
    const body = { experiment: id, pair: PAIR, records, by: "ada", reason: "late" };
    const answer = await post("/admin/experiment/backfill", body, { SYMBOLS: silent });
    log.mockRestore();
    expect([answer.status, answer.body.code]).toEqual([200, "wait"]);
    const lacks = "backfill: without its blocks from the archive: BF-GONE, needs all: backfill again";
    expect([...answer.body.missing].join()).toMatch(/are missing|without its blocks/);
    expect(missingBackfill([PART], PAIR, ["BF-GONE"])).toBe(lacks);
    // The other blocks wait for later ones, as live blocks do.
    expect((await pooled()).blocks).toBe(1);
  });

  it("is refused once a symbol is removed that had blocks of the evidence", async () => {
    const id = await begin();
    expect((await backfill(id, { "BF-GONE": blocks(1, 6) })).body.comparison.pooled.blocks).toBe(1);
    await removeSymbol("BF-GONE");
    const { status, body } = await backfill(id, { "BF-OTHER": blocks(2, 1) });
    expect([status, body.code]).toEqual([409, "decided_blocks_gone"]);
    expect(body.detail).toMatch(/^1 blocks of 840 rows were decided, and the symbols keep /);
  });

  it("is refused while an artifact of the experiment is not serving, and for a symbol on another pair", async () => {
    const id = await begin();
    const other = { backfill: () => Promise.resolve({ ok: false, code: "other_pair", detail: "another pair" }) };
    const SYMBOLS = { idFromName: (name: string) => name, get: () => other } as unknown as typeof env.SYMBOLS;
    const records = [{ symbol: "BF-OTHER", blocks: [BLOCK] }];
    const body = { experiment: id, pair: PAIR, records, by: "ada", reason: "late" };
    const refused = await post("/admin/experiment/backfill", body, { SYMBOLS });
    expect([refused.status, refused.body.code, refused.body.detail]).toEqual([
      ...[409, "other_pair", "BF-OTHER: another pair"],
    ]);
    const log = vi.spyOn(console, "error").mockReturnValue();
    const lost = "d".repeat(64);
    await runInDurableObject(registryStub(), async (_, { storage }) => {
      const data = (await storage.get<{ experiment: object; aliases: object }>("data"))!;
      const experiment = { ...data.experiment, challenger: lost };
      await storage.put("data", { ...data, experiment, aliases: { ...data.aliases, challenger: lost } });
    });
    await evictDurableObject(registryStub());
    const pair = { ...PAIR, challenger: lost };
    const { status, body: answer } = await backfill(id, { "BF-OTHER": [BLOCK] }, { pair });
    log.mockRestore();
    expect([status, answer.code]).toEqual([409, "experiment_not_serving"]);
  });
});

const PART = {
  ...{ symbol: "BF-GONE", failed: true, pair: null, backfilled: null },
  answered: { champion: 0, challenger: 0 },
};
