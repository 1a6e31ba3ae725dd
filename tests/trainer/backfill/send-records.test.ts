import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { BlockGain } from "../../../src/quality/quality-series.ts";
import { DEFAULT_ENGINE_CONFIG } from "../../../src/features/feature-engine.ts";
import { backfillContract } from "../../../src/http/backfill-schema.ts";
import { BACKFILL, parseBackfillOptions } from "../../../trainer/backfill/backfill-options.ts";
import { comparedPair } from "../../../trainer/backfill/compared-pair.ts";
import { pooledLine, recordTable } from "../../../trainer/backfill/record-table.ts";
import { sendRecords } from "../../../trainer/backfill/send-records.ts";
import type { SymbolRecord } from "../../../trainer/backfill/symbol-record.ts";
import { FakeAdmin, noExperiment } from "../retrain/fake-admin.ts";

const NOW_MS = Date.UTC(2026, 11, 1);
const SHA = "b07d9a44c1e2";
const ROUTE = "POST /admin/experiment/backfill";
const admin = new FakeAdmin();
beforeAll(() => admin.start());
beforeEach(() => admin.reset());
afterAll(() => admin.stop());

function recordOf(symbol: string, count: number, gain = 0.01): SymbolRecord {
  const blocks = Array.from({ length: count }, (_, i): BlockGain => {
    const sums = { rows: 840, gainSum: gain * 840, betSum: gain * 840, bound: 84 };
    return { block: 1_960_000 + i, ...sums, positives: 50, episodes: 1, complete: true };
  });
  return { symbol, blocks, ticks: 9, lastMs: NOW_MS };
}

describe("the command line", () => {
  it("takes thirty days of the local archive by default", () => {
    const options = parseBackfillOptions([SHA], NOW_MS);
    expect(options).toMatchObject({ challenger: SHA, from: ["local://ticks/"], isDryRun: false, symbols: undefined });
    expect([options.sinceMs, options.warmUpMs]).toEqual([NOW_MS - 30 * 86_400_000, undefined]);
  });

  it("takes times, symbols and addresses, and refuses what is none", () => {
    const args = ["--since", "2026-11-05T12:00:00Z", "--symbol", "btc-usd,ETH-USD", "--from", "r2://b/ticks/"];
    const options = parseBackfillOptions([SHA, ...args, "--from", "x/", "--warm-up", "2d", "--dry-run"], NOW_MS);
    expect(options.sinceMs).toBe(Date.UTC(2026, 10, 5, 12));
    expect(options).toMatchObject({ symbols: ["BTC-USD", "ETH-USD"], from: ["r2://b/ticks/", "x/"], isDryRun: true });
    expect(options.warmUpMs).toBe(2 * 86_400_000);
    for (const wrong of [[], [SHA, SHA], ["xyz"], [SHA, "--since", "soon"], [SHA, "--symbol", "?"]]) {
      expect(() => parseBackfillOptions(wrong, NOW_MS)).toThrow();
    }
    expect(BACKFILL.notes).toContain("Exit codes");
  });
});

describe("the running experiment", () => {
  const options = () => parseBackfillOptions([SHA, "--gateway", admin.url], NOW_MS);

  it("must be one of the challenger that is meant", async () => {
    await expect(comparedPair(options(), undefined)).rejects.toThrow(
      `${SHA}: the gateway runs no experiment; make it challenger first: npm run model -- promote ${SHA} --alias challenger`,
    );
    const experiment = { id: "1-a-b", champion: "c".repeat(64), challenger: "d".repeat(64), tries: 1 };
    admin.answers.set("GET /admin/experiment", { status: 200, body: { ...noExperiment(), experiment } });
    await expect(comparedPair(options(), undefined)).rejects.toThrow(/runs an experiment of d{64}; make it challenger/);
  });

  it("says up to where each symbol takes blocks of the archive", async () => {
    const experiment = { id: "1-a-b", champion: "c".repeat(64), challenger: SHA.padEnd(64, "0"), tries: 2 };
    const symbols = [
      { symbol: "BTC-USD", archive_to: "2026-11-30T12:45:00.000Z" },
      { symbol: "ETH-USD", archive_to: null },
    ];
    const body = { ...noExperiment(), experiment, comparison: { symbols } };
    admin.answers.set("GET /admin/experiment", { status: 200, body });
    const { archiveToMs, ...found } = await comparedPair(options(), undefined);
    expect(found).toEqual({ ...experiment, recalibrates: true });
    expect([...archiveToMs]).toEqual([["BTC-USD", Date.UTC(2026, 10, 30, 12, 45)]]);
  });
});

describe("the recalibration of what is compared", () => {
  const answering = async (recalibration: string | undefined, ...args: string[]): Promise<boolean> => {
    const experiment = { id: "1-a-b", champion: "c".repeat(64), challenger: SHA.padEnd(64, "0"), tries: 1 };
    const body = { ...noExperiment(), experiment, recalibration };
    admin.answers.set("GET /admin/experiment", { status: 200, body });
    const options = parseBackfillOptions([SHA, "--gateway", admin.url, ...args], NOW_MS);
    return (await comparedPair(options, undefined)).recalibrates;
  };

  it("is the gateway's own; an older one does not say, and another one is refused", async () => {
    expect([await answering("on"), await answering("shadow"), await answering("off")]).toEqual([true, false, false]);
    expect(await answering(undefined, "--recalibration", "off")).toBe(false);
    expect(await answering("off", "--recalibration", "off")).toBe(false);
    await expect(answering("shadow", "--recalibration", "on")).rejects.toThrow(
      "--recalibration on: the gateway's is shadow, and what it answers is compared",
    );
  });
});

describe("records", () => {
  const pair = { id: "1-a-b", champion: "c".repeat(64), challenger: "d".repeat(64), tries: 1 };
  const send = async (records: readonly SymbolRecord[]) => {
    const printed: string[] = [];
    const sending = { by: "ada", reason: "trained", print: (line: string) => printed.push(line) };
    const code = await sendRecords({ gateway: admin.url, token: "secret" }, pair, records, sending);
    return { code, printed };
  };

  it("are sent in few requests, each below the gateway's limit, and the evidence is printed", async () => {
    const { example } = backfillContract.answer;
    admin.answers.set(ROUTE, { status: 200, body: example });
    const records = Array.from({ length: 12 }, (_, i) => recordOf(`S${i}`, 2976));
    const { code, printed } = await send([...records, recordOf("NONE", 0)]);
    expect(code).toBe(0);
    expect(printed[0]).toBe("no block of NONE: its archive does not reach past the training");
    expect(printed[1]).toMatch(
      /^sent S0, .*, S9: with the live blocks e 3\.1 of 20 after 41 blocks with 33 episodes; wait: /,
    );
    expect(printed[2]).toMatch(/^sent S10, S11: /);
    const bodies = admin.asked.map(({ body }) => JSON.stringify(body));
    expect(bodies).toHaveLength(2);
    const { limits } = backfillContract.body;
    for (const text of bodies) {
      expect(text.length).toBeLessThan(limits.maxBytes);
      // A block, and eight values in it.
      expect(text.split('"block":').length * 9).toBeLessThan(limits.maxValues);
    }
    const [first] = (admin.asked[0]!.body as { records: { symbol: string; blocks: object[] }[] }).records;
    expect(first!.blocks[0]).toEqual({
      ...{ block: 1_960_000, rows: 840, gain_sum: 8.4, bet_sum: 8.4, bound: 84 },
      ...{ positives: 50, episodes: 1, complete: true },
    });
    expect(admin.asked[0]!.headers.authorization).toBe("Bearer secret");
  });

  it("that the gateway refuses are one line and exit code 2", async () => {
    const error = vi.spyOn(console, "error").mockReturnValue();
    const body = { code: "block_after_live", detail: "BTC-USD: got block 7, expected at most 6" };
    admin.answers.set(ROUTE, { status: 409, body });
    const { code } = await send([recordOf("BTC-USD", 3)]);
    expect([code, error.mock.calls.flat()[0]]).toEqual([
      2,
      expect.stringMatching(/^not backfilled: block_after_live: /),
    ]);
    error.mockRestore();
  });

  it("are a line each, with what is not there as a dash, and a pooled verdict", () => {
    const lines = recordTable([recordOf("BTC-USD", 40), recordOf("ETH-USD", 0)], DEFAULT_ENGINE_CONFIG);
    expect(lines[0]).toMatch(/^symbol +blocks +rows +episodes +mean gain of a row, 95 % +e +from +to$/);
    expect(lines[1]).toMatch(
      /^BTC-USD +40 +33600 +40 +0\.01000 \[0\.01000, 0\.01000\] +\S+ +2025-11-24T16:00 +2025-11-25T02:00$/,
    );
    expect(lines[2]).toMatch(/^ETH-USD +0 +0 +0 +– +1\.00 +– +–$/);
    expect(pooledLine([recordOf("BTC-USD", 4)], DEFAULT_ENGINE_CONFIG, 2)).toMatch(
      /^pooled: e \S+ after 4 blocks with 4 episodes: wait: e_value: \S+, needs 40; episodes: 4, needs 30$/,
    );
  });
});
