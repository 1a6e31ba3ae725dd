// GET /metrics, the scrape, and its targets. Which metrics there are is in docs/metrics.md.
import * as v from "valibot";
import { contract } from "./contract.ts";

const EXPECTED_SHARD = "i/n with 0 ≤ i < n";

/** `i/n` as [i, n]. */
const shardInput = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^\d{1,4}\/\d{1,4}$/, EXPECTED_SHARD),
    v.transform((text) => text.split("/").map(Number) as [shard: number, shards: number]),
    v.check(([shard, shards]) => shard < shards, EXPECTED_SHARD),
  ),
);

export const metricsContract = contract({
  method: "get",
  path: "/metrics",
  tag: "Operations",
  token: "METRICS_TOKEN",
  summary: "Metrics in the format of Prometheus",
  description:
    "In the text format 0.0.4, or in OpenMetrics 1.0 where `Accept` prefers it. `shard=i/n` gives every n-th symbol, so " +
    "that several scrapes share many symbols. Without it the answer has 200 symbols at most, and " +
    "`volgate_unscraped_symbols` says how many are left out: above 200 let `GET /metrics/targets` name the scrapes.",
  query: v.object({ shard: shardInput }),
  parameterExamples: { shard: "0/4" },
  answer: {
    description: "The scrape",
    schema: v.string(),
    mediaType: "text/plain",
    example: 'volgate_symbol_up{symbol="BTC-USD"} 1\n',
    texts: { "application/openmetrics-text": 'volgate_symbol_up{symbol="BTC-USD"} 1\n# EOF\n' },
  },
  errors: ["shard_malformed"],
});

const targetGroup = v.object({
  targets: v.pipe(v.array(v.string()), v.description("Host and port of the gateway, as this request named them")),
  labels: v.pipe(
    v.record(v.string(), v.string()),
    v.description("What the scrape asks for, and `shard`, by which the targets differ"),
  ),
});

export const metricsTargetsContract = contract({
  method: "get",
  path: "/metrics/targets",
  tag: "Operations",
  token: "METRICS_TOKEN",
  summary: "The scrapes that have all symbols between them",
  description:
    "For `http_sd_configs` of Prometheus: one target for each 200 symbols. Prometheus asks again each minute, so that a " +
    "new symbol is scraped without a change of its configuration.",
  answer: {
    description: "Groups of targets",
    schema: v.array(targetGroup),
    example: [
      {
        targets: ["volgate.example.workers.dev"],
        labels: { __scheme__: "https", __metrics_path__: "/metrics", __param_shard: "0/1", shard: "0" },
      },
    ],
  },
  errors: [],
});
