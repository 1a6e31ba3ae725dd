import { describe, expect, it } from "vitest";
import { parseRetrainOptions, type RetrainOptions } from "../../../trainer/retrain/retrain-options.ts";
import { UserError } from "../../../command-line/user-error.ts";

const NOW_MS = Date.UTC(2026, 10, 23, 12);

function parse(...args: string[]): RetrainOptions {
  const options = parseRetrainOptions(args, NOW_MS);
  if (options.kind === "demo") throw new Error("expected a retraining");
  return options;
}

describe("the command line of npm run retrain", () => {
  it("takes the local archive and the gateway of wrangler dev when nothing is said", () => {
    const options = parse();
    expect(options).toMatchObject({ from: ["local://ticks/"], gateway: "http://127.0.0.1:8787", auto: true });
    expect([options.sinceMs, options.watch]).toEqual([undefined, undefined]);
    expect(options.training).toMatchObject({ files: ["local://ticks/"], publish: false });
  });

  it("passes training options on, with the trainer's own meaning and checks", () => {
    const { training } = parse("--families", "har", "--folds", "2", "--to", "r2://models", "--seed", "5", "a.csv");
    expect(training.config).toMatchObject({ families: ["har"], seed: 5, bucket: { to: "r2://models" } });
    expect([training.files, training.settings.folds]).toEqual([["a.csv"], "2"]);
    expect(() => parse("--families", "nonsense")).toThrow(/--families: got nonsense/);
    expect(() => parse("--label", "{")).toThrow(/--label/);
  });

  it("retrains for a grid or a horizon only under its step and label", () => {
    expect(parse().grid).toBeUndefined();
    expect(parse("--grid", "1s").grid).toBe("1s");
    expect(parse("--grid", "1s-h300s", "--label", '{"horizonSteps":300}').grid).toBe("1s-h300s");
    expect(parse("--grid", "60s-mid", "--step", "60s", "--source", "mid").grid).toBe("60s-mid");
    expect(() => parse("--grid", "1s-h300s")).toThrow("--grid 1s-h300s: --step, --source and --label are of 1s-h60s");
    expect(() => parse("--grid", "60s")).toThrow("--grid 60s: --step, --source and --label are of 1s");
    expect(() => parse("--grid", "5m")).toThrow("--grid: got 5m, expected a grid such as");
  });

  it("takes several addresses and files together", () => {
    expect(parse("--from", "r2://b/ticks/", "--from", "local://ticks/", "x.csv").from).toEqual([
      "r2://b/ticks/",
      "local://ticks/",
      "x.csv",
    ]);
  });

  it("reads --since as a time, a day or a length before now", () => {
    expect(parse("--since", "2026-11-20T06:30:00Z").sinceMs).toBe(Date.UTC(2026, 10, 20, 6, 30));
    expect(parse("--since", "2026-11-20").sinceMs).toBe(Date.UTC(2026, 10, 20));
    expect(parse("--since", "36h").sinceMs).toBe(NOW_MS - 36 * 3_600_000);
    expect(() => parse("--since", "yesterday")).toThrow("--since: got yesterday, expected an ISO 8601 time");
  });

  it("watches for a while, where asked", () => {
    expect(parse("--watch").watch).toEqual({ pollMs: 60_000, timeoutMs: 604_800_000 });
    expect(parse("--watch", "--poll", "5s", "--timeout", "2h").watch).toEqual({ pollMs: 5000, timeoutMs: 7_200_000 });
    expect(() => parse("--poll", "5s")).toThrow("--poll needs --watch");
    expect(() => parse("--timeout", "5s")).toThrow("--timeout needs --watch");
    expect(() => parse("--watch", "--poll", "0s")).toThrow("--poll: got 0s, expected a length of time");
  });

  it("refuses what the trainer would publish or promote by itself, and unknown options", () => {
    for (const name of ["--promote", "--force", "--by"]) expect(() => parse(name, "x")).toThrow(UserError);
    for (const name of ["--publish", "--json", "--nonsense"]) expect(() => parse(name)).toThrow(UserError);
    expect(() => parse("--gateway", "localhost")).toThrow("--gateway: got localhost, expected an address like http");
    expect(() => parse("--days", "6")).toThrow("--days needs --demo");
    expect(() => parse("--keep")).toThrow("--keep needs --demo");
  });

  it("takes a demonstration with days, seed and keep alone", () => {
    expect(parseRetrainOptions(["--demo"], NOW_MS)).toEqual({ kind: "demo", days: 5, seed: 7, keep: false });
    const demo = ["--demo", "--days", "6", "--seed", "11", "--keep"];
    expect(parseRetrainOptions(demo, NOW_MS)).toEqual({ kind: "demo", days: 6, seed: 11, keep: true });
    for (const [args, message] of [
      [["--days", "2"], "--days: got 2, expected a whole number from 5 to 7"],
      [["--days", ""], '--days: got "", expected a whole number'],
      [["--seed", "x"], "--seed: got x, expected a whole number"],
      [["--gateway", "http://x"], "--gateway does nothing with --demo"],
      [["--folds", "2"], "--folds does nothing with --demo"],
      [["ticks.csv"], "--demo: got ticks.csv, expected no recordings"],
    ] as const) {
      expect(() => parseRetrainOptions(["--demo", ...args], NOW_MS)).toThrow(message);
    }
  });
});
