import { evictDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
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
    ["blocks_malformed", { bound: undefined }],
    ["blocks_malformed", { complete: false }],
    ["blocks_malformed", { gain_sum: null }],
    ["blocks_malformed", { block: 1.5 }],
  ])("as %s for %o", async (code, changes) => {
    expect(await codeOf(one(changes))).toEqual([400, code]);
  });

  it("for blocks out of order, twice, or none", async () => {
    const next = { ...BLOCK, block: BLOCK.block + 1 };
    expect(await codeOf({ "BF-SHORT": [next, BLOCK] })).toEqual([400, "block_out_of_order"]);
    expect(await codeOf({ "BF-SHORT": [BLOCK, BLOCK] })).toEqual([400, "block_out_of_order"]);
    expect(await codeOf({ "BF-SHORT": [] })).toEqual([400, "blocks_malformed"]);
    expect(await codeOf({})).toEqual([400, "blocks_malformed"]);
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
