// GET /metrics: the scrape. Which metrics there are is in docs/metrics.md.
import * as v from "valibot";
import { contract } from "./contract.ts";

const EXPECTED_SHARD = "i/n with 0 ≤ i < n";

/** `i/n` as [i, n]; everything, [0, 1], when it is absent. */
const shardInput = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^\d{1,4}\/\d{1,4}$/, EXPECTED_SHARD),
    v.transform((text) => text.split("/").map(Number) as [shard: number, shards: number]),
    v.check(([shard, shards]) => shard < shards, EXPECTED_SHARD),
  ),
  "0/1",
);

export const metricsContract = contract({
  method: "get",
  path: "/metrics",
  tag: "Operations",
  token: "METRICS_TOKEN",
  summary: "Metrics in the format of Prometheus",
  description: "`shard=i/n` gives every n-th symbol, so that several scrapes share many symbols.",
  query: v.object({ shard: shardInput }),
  parameterExamples: { shard: "0/4" },
  answer: {
    description: "The scrape",
    schema: v.string(),
    mediaType: "text/plain",
    example: 'volgate_symbol_up{symbol="BTC-USD"} 1\n',
  },
  errors: ["shard_malformed"],
});
