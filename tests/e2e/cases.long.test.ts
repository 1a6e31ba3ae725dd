// Inputs that people sent and gave, each with the command that they used, as the whole programs answer them: those over
// HTTP by one gateway, those of files by `npm run replay`, `train` and `model`.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTickFiles } from "../../recordings/tick-files.ts";
import { runNode } from "../processes/child-program.ts";
import { Program } from "../processes/program.ts";

const CASES = join(import.meta.dirname, "../fixtures/cases");
const at = (...parts: string[]): string => join(CASES, ...parts);
const folder = mkdtempSync(join(tmpdir(), "volgate-cases-"));
const exec = promisify(execFile);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Exit code and all output of a program of the repository. */
async function run(...args: string[]): Promise<{ status: number | null; output: string }> {
  const { status, stdout, stderr } = await runNode(["volgate.ts", ...args]);
  return { status, output: stdout + stderr };
}

let runs = 0;

/** With few families: what is read is the same. */
async function train(...args: string[]): Promise<{ status: number | null; output: string }> {
  const quick = ["--families", "logistic", "--leak-shifts", "0"];
  return await run("train", ...args, ...quick, "--out", join(folder, `run-${runs++}`));
}

describe("over HTTP", () => {
  let program: Program;
  let gateway: string;

  beforeAll(async () => {
    program = new Program(
      ["volgate.ts", "start", "--feed", "none", "--state", join(folder, "state")],
      join(folder, "tmp"),
    );
    await program.until(({ output }) => output.includes("/metrics"));
    gateway = /starting the gateway at (\S+)/.exec(program.output)![1]!;
  });

  afterAll(async () => {
    program.send("SIGINT");
    expect((await program.end()).code).toBe(0);
  });

  /** What `curl` prints with these arguments and this path, as JSON. */
  async function curl(path: string, ...args: string[]): Promise<unknown> {
    const { stdout } = await exec("curl", ["-s", ...args, gateway + path]);
    return JSON.parse(stdout);
  }

  const post = (file: string): Promise<unknown> => curl("/ingest", "-d", `@${at(file)}`);

  /** Replays a file into a market that the gateway does not know. */
  async function replay(symbol: string, ...args: string[]): Promise<{ status: number | null; output: string }> {
    const empty = ["-H", "Content-Type: application/json", "-d", '{"archive":true}'];
    await curl(`/admin/symbols/${symbol}`, "-X", "DELETE", ...empty);
    return await run("replay", ...args, "--url", gateway);
  }

  /** The line of totals: sent, accepted, then duplicate, late, held, released and rejected. */
  const allAccepted = (count: number): RegExp => {
    const shown = count.toLocaleString("en-US");
    return new RegExp(`^total +${shown} +${shown}(?: +0){5}$`, "m");
  };

  it("05: ticks of a producer that counts from 1 again are refused with a code", async () => {
    const { stdout } = await exec("bash", [at("05-producer-restart/post.sh"), gateway]);
    const [before, after] = stdout.split("the bot restarts and counts from 1 again");
    expect(before!.match(/"accepted":5,"duplicate":0/g)).toHaveLength(3);
    expect(after).toContain("urn:volgate:error:sequence_conflict");
    expect(after).toContain('"status":409');
  });

  it("07: a trade every six minutes is a sparse market", async () => {
    // The last tick waits for the next, as any does that lies far ahead.
    const answer = await post("07-sparse-market-refused-whole/six_minutes.json");
    expect(answer).toMatchObject({ accepted: 99, held: 1, rejected: 0, errors: [] });
    const prediction = await curl("/predict?symbol=SPARSE");
    expect(prediction).toMatchObject({ code: "too_sparse", smallest_step_s: 300, probability: null });
  });

  it("09: a string of 13 digits is a time", async () => {
    expect(await post("09-digit-string-times/okx_like.json")).toMatchObject({ accepted: 20, rejected: 0 });
    const { status, output } = await replay("BTC-USDT", at("09-digit-string-times/digits.ndjson"));
    expect(output).toMatch(allAccepted(101));
    expect(status).toBe(0);
  });

  it("12: a symbol with a slash is taken, and named as it was sent", async () => {
    const isSome = expect.toSatisfy((accepted: number) => accepted > 0) as number;
    expect(await post("12-slash-symbols/alpaca.json")).toMatchObject({
      rejected: 0,
      symbols: { "BTC/USD": { accepted: isSome, rejected: 0 } },
    });
  });

  it("14: canonical rows mean the same as in a file", async () => {
    expect(await post("14-canonical-rows-posted/rows.json")).toMatchObject({ accepted: 5, duplicate: 0 });
  });

  it("15: a body of two gzip members is read", async () => {
    const file = at("15-gzip-members-over-http/two_members.ndjson.gz");
    const headers = ["-H", "Content-Encoding: gzip", "-H", "Content-Type: application/x-ndjson"];
    expect(await curl("/ingest", ...headers, "--data-binary", `@${file}`)).toMatchObject({ accepted: 20, rejected: 0 });
  });

  it("16: NaN in a body is named with its place", async () => {
    const file = at("16-python-nan-in-array/nan.json");
    const place = readFileSync(file, "utf8").indexOf("NaN") + 1;
    const answer = await post("16-python-nan-in-array/nan.json");
    expect(answer).toMatchObject({ status: 400, code: "not_json" });
    expect((answer as { detail: string }).detail).toContain(`got the word NaN at character ${place}`);
  });

  it("03: files without a symbol are refused, and --symbol takes the one that its name allows", async () => {
    const data = at("03-folder-above-date-is-no-symbol/data");
    const unnamed = await replay("BTC-USD", data);
    expect([unnamed.status, unnamed.output]).toEqual([2, expect.stringContaining("got ticks without a column symbol")]);
    const named = await replay("BTC-USD", data, "--symbol", "BTC-USD");
    expect(named.output).toContain("other symbols, left out: ETHUSD");
    expect(named.output).toMatch(allAccepted(1200));
  });

  it("08: a time with an exponent is refused", async () => {
    const { status, output } = await replay("BTC-USD", at("08-excel-exponent-times/excel.csv"));
    expect(output).toContain("no tick in 1 file; refused: 1,200 ts_malformed");
    expect(output).toMatch(/line 2: ts is "1.76498E\+12", expected ms since 1970/);
    expect(status).toBe(2);
  });

  it.each([
    ["10: an offset of hours only", "10-iso-offset-of-hours-only/duckdb.csv"],
    ["11: a quote of 0", "11-empty-book-side-zero/zero_quotes.csv"],
  ])("%s is read", async (_, file) => {
    const { status, output } = await replay("BTC-USD", at(file));
    expect(output).toMatch(allAccepted(100));
    expect(status).toBe(0);
  });
});

describe("npm run train", () => {
  it("01: reads microseconds, and says that 20 minutes are too short", async () => {
    const { status, output } = await train(at("01-us-timestamps-tardis-csv/trades.csv"));
    expect(output).toContain("1 read, 1200 ticks, times in µs; refused: none");
    expect(output).toContain("steps   1199 in 1 segments");
    expect(output).toContain("0.3 h of data leave the first fold 0 training rows, 0 of them spikes");
    expect(status).toBe(2);
  });

  it("02: reads a folder that turns from milliseconds to microseconds as one segment", async () => {
    const dump = at("02-ms-then-us-folder-binance/dump/");
    const { status, output } = await train(dump, "--symbol", "BTCUSDT");
    expect(output).toMatch(/^files {3}2 read, 3000 ticks/m);
    expect(output).toContain("not applied: 0 duplicate, 0 late, 0 outlier in time");
    expect(output).toContain("steps   2999 in 1 segments");
    expect(output).toMatch(/next {4}0\.8 h of data hold/);
    expect(output).not.toContain("--force");
    expect(status).toBe(3);
  });

  it("03: refuses files without a symbol", async () => {
    const data = at("03-folder-above-date-is-no-symbol/data");
    const unnamed = await train(data);
    expect([unnamed.status, unnamed.output]).toEqual([2, expect.stringContaining("got ticks without a column symbol")]);
    expect((await train(data, "--symbol", "BTC-USD")).output).toContain("ticks   1200 (BTC-USD)");
  });

  it("04: names the column pair, and takes one market of it", async () => {
    const path = at("04-pair-column-and-symbol-option/pair.csv");
    const unnamed = await train(path);
    expect([unnamed.status, unnamed.output]).toEqual([2, expect.stringContaining('"pair" renamed to symbol')]);
    const { output } = await train(path, "--symbol", "BTC-USD");
    expect(output).toContain("ticks   1200 (BTC-USD)");
    expect(output).toContain("other symbols, left out: ETH/USD");
  });

  it("06: applies a file that is newest first in order", async () => {
    const { output } = await train(at("06-newest-first-csv/newest_first.csv.gz"));
    expect(output).toMatch(/ticks {3}24000 \(.*\); not applied: 0 duplicate, 0 late, 0 outlier in time, 0 in price/);
  });

  it("12: reads a market whose symbol has a slash, and renames it", async () => {
    const path = at("12-slash-symbols/kraken.csv");
    expect((await train(path)).output).toContain("ticks   300 (BTC/USD)");
    expect((await train(path, "--symbol", "BTC-USD")).output).toContain("ticks   300 (BTC-USD)");
  });

  it("13: reads seconds with a fraction, zip and tab-separated files", async () => {
    const path = "13-reasons-without-an-example";
    const seconds = await train(at(path, "bybit.csv"));
    expect(seconds.output).toContain("1 read, 300 ticks, times in s; refused: none");
    expect(seconds.output).toContain("at least 0.2 h more of data are needed");
    expect((await train(at(path, "trades.zip"))).output).toContain("1 read, 10800 ticks, times in ms; refused: none");
    expect((await train(at(path, "trades.tsv"))).output).toContain("1 read, 300 ticks, times in ms; refused: none");
  });

  it("17, 18: reads the quote columns of vendors, and decimals of Parquet", async () => {
    const quotes = await train(at("17-quote-columns-of-vendors/quotes.csv"));
    expect(quotes.output).toContain("ticks   1200 (BTC-USD)");
    expect(quotes.output).not.toMatch(/no tick has a bid|columns that are not read/);
    const { ticks } = await readTickFiles([at("18-decimal-prices-last-bit/decimal.parquet")]);
    expect(ticks.map(({ price }) => price)).toContain(84542.29);
  });

  it("20: takes no bar whose low is 0", async () => {
    const label = '{"measure":"parkinson","horizonSteps":1,"windowSteps":1440}';
    const { output } = await train(at("20-bar-with-one-bad-extreme/BTCUSDT_1m.csv"), "--step", "60s", "--label", label);
    expect(output).toContain("1568 ticks, times in ms; refused: 8 not_a_bar");
    expect(output).toContain("line 9: low is 0");
    expect(output).toContain("at least 8.4 h more of data are needed");
    expect(output).not.toContain("bars of one minute need");
  });
});

describe("npm run model -- import", () => {
  async function importWith(golden: string): Promise<{ status: number | null; output: string }> {
    const dir = "19-golden-table-without-missing";
    const columns = readFileSync(at(dir, golden), "utf8").split("\n")[0]!.trim().replace(",probability", "");
    const names = ["--row", "peer-10", "--features", columns, "--golden", at(dir, golden)];
    return await run("model", "import", at(dir, "m.onnx"), ...names, "--out", join(folder, golden));
  }

  it("19: warns of golden rows without a missing value, which would differ", async () => {
    const whole = await importWith("golden.csv");
    expect(whole.output).toContain("checked 200 golden rows, of which 0 differ");
    expect(whole.output).toContain("warning no golden row has a missing value");
    expect(whole.status).toBe(0);
    const holes = await importWith("golden_nan.csv");
    expect(holes.output).toContain("153 of 200 rows differ");
    expect(holes.status).toBe(2);
  });
});
