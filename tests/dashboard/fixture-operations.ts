// A gateway's operation as it would answer it: a bad night with a feed that is down, a refused artifact and a stand-in;
// one part cannot be read.
import type { Operations } from "../../dashboard/views/operations/operations-answer.ts";
import { CHALLENGER_SHA, CHAMPION_SHA } from "./fixture-quality.ts";

type Feed = NonNullable<Operations["feeds"]>[number];
type Alert = NonNullable<Operations["alerts"]>["active"][number];

export function fixtureOperations(nowMs: number): Operations {
  const ago = (seconds: number): string => new Date(nowMs - 1000 * seconds).toISOString();
  const live: Feed = {
    venue: "kraken",
    hint: "weur",
    state: "live",
    since: ago(86_000),
    last_message: ago(0.4),
    lag_ms: 24.7,
    next_attempt: null,
    last_fault: { text: "the venue closed the connection with 1012: restart", at: ago(86_001) },
    last_data_fault: null,
    last_recovery_ms: 904,
    counting_since: ago(90_000),
    ...{ connections: 2, failed_attempts: 0, reconnects: 1, messages: 184_220, garbled: 0, refused_ticks: 0 },
    ...{ repeated_trades: 50, gaps: 0, missed_trades: 0, missed_messages: 0 },
    symbols: [
      {
        ...{ product: "BTC/USD", symbol: "BTC/USD@kraken", state: "subscribed", refusal: null, failure: null },
        ...{ ticks: 180_004, last_tick: ago(0.5), delivered: 180_000, late: 12, waiting: 4, dropped: 0 },
        past: "1440 steps of kraken",
      },
    ],
  };
  const down: Feed = {
    ...live,
    venue: "coinbase",
    state: "waiting",
    since: ago(740),
    last_message: ago(742),
    next_attempt: ago(-18),
    last_fault: { text: "no answer to the handshake within 10 s", at: ago(12) },
    last_data_fault: { text: "3 messages are missing by the connection's numbers", at: ago(743) },
    ...{ failed_attempts: 41, reconnects: 7, gaps: 2, missed_trades: 18, missed_messages: 3 },
    symbols: live.symbols.map((one) => ({ ...one, symbol: "BTC-USD@coinbase", failure: "its object did not answer" })),
  };
  const alert: Alert = {
    id: "*:feed_down:1",
    symbol: "*",
    rule: "feed_down",
    state: "firing",
    severity: "critical",
    at: ago(600),
    since: ago(740),
    summary: "The feed of coinbase is down for 12 minutes: no answer to the handshake within 10 s.",
    figures: {},
    model: null,
  };
  return {
    timestamp: new Date(nowMs).toISOString(),
    environment: "production",
    gateway_version: "0.1.0",
    sha: "8eff8fe2a1b90c37d5e64f1a0b2c3d4e5f607182",
    step_ms: 1000,
    grids: ["1s", "60s"],
    health: {
      status: "degraded",
      ready: true,
      reasons: [
        {
          code: "archive_failed",
          meaning: "Ticks could not be written to the archive; they wait.",
          count: 12,
          subjects: ["BTC-USD", "ETH-USD"],
          message: "12.4 MB wait; Error: put: internal error (10001)",
          since: ago(1_130),
          last_seen: ago(4),
        },
      ],
      notices: [],
      serving: [
        {
          alias: "champion",
          version: "2026-11-16",
          sha256: CHAMPION_SHA,
          stand_in: false,
          evidence: "recorded",
          isolates: 3,
        },
        {
          alias: "zscore",
          version: "0.1.0",
          sha256: "9".repeat(64),
          stand_in: true,
          evidence: "simulated",
          isolates: 1,
        },
      ],
      refused_artifacts: [
        {
          alias: "challenger",
          sha256: CHALLENGER_SHA,
          code: "hash_mismatch",
          message: "model.onnx: got another SHA-256 than its manifest's",
          at: ago(300),
        },
      ],
      runtime_error: null,
    },
    ingest: {
      since: ago(500_000),
      ticks: { accepted: 18_400_112, duplicate: 210, late: 31, outlier: 2, price_outlier: 0 },
      rejected: { stale: 4, crossed_quote: 12 },
      failed_batches: 1,
    },
    latency: {
      predict: { count: 40_112, p50_ms: 1.2, p95_ms: 4.1, p99_ms: 8.8 },
      ingest: { count: 61_007, p50_ms: 2.1, p95_ms: 7.4, p99_ms: null },
    },
    feeds: [down, live],
    alerts: {
      active: [
        {
          ...alert,
          id: "x",
          symbol: "BTC-USD",
          rule: "drift",
          severity: "warning",
          summary: "Drift in two windows of 1 h in a row.",
        },
        {
          ...alert,
          id: "y",
          symbol: "ETH-USD",
          rule: "calibration",
          severity: "warning",
          summary: "More spikes come than the scores promise.",
          figures: { difference: 0.031, evidence: 412_000, evidence_limit: 288_000, rate_per_month: 0.01 },
        },
        alert,
      ],
      resolved: [
        {
          ...alert,
          state: "resolved",
          since: ago(9_000),
          resolved_at: ago(8_400),
          resolved_summary: "The feed of coinbase is live again.",
          resolved_figures: null,
        },
      ],
    },
    archive: {
      symbols: 12,
      largest_lag_s: 1_901,
      largest_lag_symbol: "BTC-USD",
      waiting_bytes: 12_400_000,
      failures: 9,
      unread: 1,
    },
    changes: [],
    reports: null,
    unknown: [{ part: "reports", reason: "the bucket did not answer within 5 s" }],
    withheld: ["changes: who made one, and why, is shown to who bears ADMIN_TOKEN"],
  };
}
