// An experiment as the gateway would answer it: 41 blocks in, with evidence for the challenger that is not enough yet;
// and a gateway without a challenger.
import type { ExperimentAnswer } from "../../dashboard/views/experiment/experiment-answer.ts";
import { CHALLENGER_SHA, CHAMPION_SHA } from "./fixture-quality.ts";

const BLOCKS = 41;
const BLOCK_MS = 900_000;
const START_MS = Date.UTC(2026, 10, 29, 8, 0);

type Verdict = Omit<NonNullable<ExperimentAnswer["comparison"]>["symbols"][number], Own>;
type Watch = ExperimentAnswer["watches"][number];
type Own = "symbol" | "answered" | "backfilled" | "live_from" | "archive_to";

/** What is shown to who may change something, and what to readers. */
export function fixtureExperiment(isAdmin: boolean): ExperimentAnswer {
  const path = Array.from({ length: BLOCKS }, (_, i) => {
    const logE = 0.045 * i + 0.55 * Math.sin(i / 3.1) - (i < 9 ? 0.08 * i : 0.5);
    return {
      to: new Date(START_MS + (i + 1) * BLOCK_MS).toISOString(),
      blocks: i + 1,
      e_value: Math.exp(logE),
      log_e: logE,
    };
  });
  const last = path.at(-1)!;
  const missing = [`e_value: ${last.e_value.toPrecision(3)}, needs 20`, "episodes: 27, needs 30"];
  const verdict: Verdict = {
    verdict: "wait",
    missing,
    blocks: BLOCKS,
    rows: 36_200,
    positives: 3_901,
    episodes: 27,
    lambda: 0.42,
    e_value: last.e_value,
    log_e: last.log_e,
    mean_gain: { value: 0.0021, low: -0.0003, high: 0.0045 },
    needs: { e_value: 20, episodes: 30 },
  };
  const symbol = (name: string, champion: number, challenger: number) => {
    return {
      symbol: name,
      answered: { champion, challenger },
      backfilled: null,
      live_from: path[0]!.to,
      archive_to: null,
    };
  };
  return {
    experiment: {
      id: "3-3f1c0a9b-b07d9a44",
      mode: "split",
      share: 0.1,
      auto: false,
      champion: CHAMPION_SHA,
      challenger: CHALLENGER_SHA,
      started_at: new Date(START_MS).toISOString(),
      tries: 1,
    },
    code: "wait",
    missing,
    effective_share: 0.098,
    gate_reasons: [],
    comparison: {
      pooled: { ...verdict, path },
      symbols: [
        {
          ...verdict,
          ...symbol("BTC-USD", 32_600, 3_570),
          backfilled: { blocks: 30, from: path[0]!.to, to: path[30]!.to },
          episodes: 15,
        },
        {
          ...verdict,
          ...symbol("ETH-USD", 31_900, 3_440),
          episodes: 12,
          log_e: -0.4,
          e_value: 0.67,
          mean_gain: { value: -0.0006, low: -0.0041, high: 0.0029 },
        },
        {
          ...verdict,
          ...symbol("SOL-USD", 0, 0),
          ...{ blocks: 1, episodes: 0, log_e: 0, e_value: 1, mean_gain: null },
          missing: ["episodes: 0, needs 30"],
        },
      ],
      unanswered: ["ADA-USD"],
      other_pair: [],
    },
    demotion: "tell",
    watches: [
      watch("predecessor", verdict, { look: 1, code: "watching", worse: -2.1, better: 1.3 }),
      watch("reference", verdict, { look: 2, code: "kept", worse: -18, better: 12.4 }),
    ],
    changes: [change(7, "challenger", CHALLENGER_SHA, isAdmin), change(4, "champion", CHAMPION_SHA, isAdmin)],
    withheld: isAdmin ? [] : ["who and reason of each change"],
  };
}

function change(seq: number, alias: "champion" | "challenger", to: string, isAdmin: boolean) {
  return {
    seq,
    at: new Date(START_MS - (8 - seq) * 3_600_000).toISOString(),
    alias,
    from: alias === "champion" ? "c".repeat(64) : null,
    to,
    by: "admin" as const,
    who: isAdmin ? "ada" : null,
    reason: isAdmin ? "trained on the week with the crash" : null,
    figures:
      alias === "champion"
        ? {
            e_value: 21.3,
            blocks: 96,
            rows: 84_900,
            episodes: 41,
            mean_gain: { value: 0.003, low: 0.001, high: 0.005 },
          }
        : null,
    with: null,
  };
}

interface WatchOptions {
  readonly look: number;
  readonly code: Watch["code"];
  /** ln of the evidence, for the rival and for the champion. */
  readonly worse: number;
  readonly better: number;
}

function watch(guard: Watch["guard"], verdict: Verdict, { look, code, worse, better }: WatchOptions): Watch {
  const side = (logE: number): Verdict => ({
    ...verdict,
    blocks: 212,
    episodes: 64,
    log_e: logE,
    e_value: Math.exp(logE),
  });
  return {
    ...{ guard, look, code, champion: CHAMPION_SHA, rival: guard === "predecessor" ? "c".repeat(64) : "5".repeat(64) },
    started_at: new Date(START_MS - 4 * 3_600_000).toISOString(),
    looked_at: new Date(START_MS + BLOCKS * BLOCK_MS).toISOString(),
    ends_at: new Date(START_MS + 30 * 86_400_000).toISOString(),
    worse: { ...side(worse), needs: { ...verdict.needs, e_value: look === 2 ? 40 : 20 } },
    better: side(better),
  };
}

/** No challenger, nothing changed. */
export function fixtureNoExperiment(): ExperimentAnswer {
  return {
    experiment: null,
    code: "no_experiment",
    missing: ["there is no challenger"],
    effective_share: null,
    gate_reasons: null,
    comparison: null,
    demotion: "tell",
    watches: [],
    changes: [],
    withheld: [],
  };
}
