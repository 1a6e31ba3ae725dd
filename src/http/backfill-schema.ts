// POST /admin/experiment/backfill: the record that a challenger earned on archived ticks.
import * as v from "valibot";
import { BACKFILL_BODY } from "./body-limits.ts";
import { contract } from "./contract.ts";
import { evaluationSchema, REPORT_EXAMPLE } from "./experiment-schema.ts";
import { booleanInput, count, gridQuery, sha256Input, symbolInput, textInput, time } from "./field-schema.ts";

const EXPECTED_COUNT = "a whole number from 0 to 900";
const inBlock = v.pipe(
  v.number(EXPECTED_COUNT),
  v.integer(EXPECTED_COUNT),
  v.minValue(0, EXPECTED_COUNT),
  v.maxValue(900, EXPECTED_COUNT),
);
const EXPECTED_BLOCK = "a whole number from 0";
const EXPECTED_GAIN = "a finite number";
const EXPECTED_BLOCKS = "a list of at least one block";
const EXPECTED_RECORDS = "a list of at least one symbol, each once, with its blocks";

/** The gain of the pair in one block: `BlockGain` of src/quality, which is computed by the same code as live. */
const blockSchema = v.strictObject(
  {
    block: v.pipe(
      v.number(EXPECTED_BLOCK),
      v.safeInteger(EXPECTED_BLOCK),
      v.minValue(0, EXPECTED_BLOCK),
      v.description("floor(index / 900) of its steps"),
    ),
    rows: v.pipe(inBlock, v.description("Resolved steps that both scored, without the block's last horizon")),
    gain_sum: v.pipe(
      v.number(EXPECTED_GAIN),
      v.finite(EXPECTED_GAIN),
      v.description("Sum over them of the champion's squared error minus the challenger's"),
    ),
    bet_sum: v.pipe(
      v.number(EXPECTED_GAIN),
      v.finite(EXPECTED_GAIN),
      v.description("The gains of the rows that fit into the block's budget"),
    ),
    bound: v.pipe(
      v.number(EXPECTED_GAIN),
      v.finite(EXPECTED_GAIN),
      v.description("What `bet_sum` can be at most in size, fixed before the block"),
    ),
    positives: inBlock,
    episodes: inBlock,
    complete: v.literal(true, "true: only a block whose steps are all closed"),
  },
  "an object with block, rows, gain_sum, bet_sum, bound, positives, episodes and complete",
);

const recordSchema = v.strictObject(
  {
    symbol: symbolInput,
    blocks: v.pipe(
      v.array(blockSchema, EXPECTED_BLOCKS),
      v.minLength(1, EXPECTED_BLOCKS),
      v.description("Ascending, each once"),
    ),
  },
  "an object with symbol and blocks",
);

const recordsSchema = v.pipe(
  v.array(recordSchema, EXPECTED_RECORDS),
  v.minLength(1, EXPECTED_RECORDS),
  v.check((records) => new Set(records.map(({ symbol }) => symbol)).size === records.length, EXPECTED_RECORDS),
);

const CHAMPION = "3f1c0a9be27d58c6417e0fb2a9d3c8517e6b04a1f92d3c85b7064e1a9fd2c380";
const CHALLENGER = "b07d9a44c1e2f3a5968d7c0e1b2a3f4d5c6b7a8990f1e2d3c4b5a69788f7e6d5";
const BLOCK = {
  ...{ block: 1_958_400, rows: 840, gain_sum: 1.27, bet_sum: 1.19, bound: 14.2 },
  ...{ positives: 61, episodes: 3, complete: true as const },
};

export const backfillContract = contract({
  method: "post",
  path: "/admin/experiment/backfill",
  tag: "Experiment",
  summary: "Gives the challenger the record that it earned on archived ticks",
  description:
    "For the running experiment alone, and for blocks after the challenger's training. The evidence is computed anew " +
    "from these blocks and the live ones, in order of time. Blocks given again replace the earlier ones of their symbol. " +
    "`npm run model -- backfill` computes and sends them; nothing is kept when one is refused.",
  token: "ADMIN_TOKEN",
  query: gridQuery,
  body: {
    schema: v.strictObject({
      experiment: v.pipe(textInput, v.description("Id of the running experiment")),
      pair: v.strictObject(
        { champion: sha256Input, challenger: sha256Input },
        "an object with champion and challenger",
      ),
      records: recordsSchema,
      by: textInput,
      reason: textInput,
    }),
    description: "The experiment with its pair, the blocks of each symbol, who asks, and why",
    limits: BACKFILL_BODY,
    example: {
      experiment: "3-3f1c0a9b-b07d9a44",
      pair: { champion: CHAMPION, challenger: CHALLENGER },
      records: [{ symbol: "BTC-USD", blocks: [BLOCK] }],
      by: "ada",
      reason: "trained a month ago",
    },
  },
  answer: {
    description: "What was kept, and the report with it",
    schema: v.object({
      symbols: v.array(
        v.object({
          symbol: v.string(),
          blocks: count,
          from: v.pipe(time, v.description("Begin of the first block")),
          to: v.pipe(time, v.description("End of the last block")),
          live_from: v.pipe(
            v.nullable(time),
            v.description("Begin of the first block that was compared live; null before it"),
          ),
        }),
      ),
      champion_trained_until: time,
      favours_champion: v.pipe(
        booleanInput,
        v.description("Whether the champion was trained on ticks of these blocks, which is to its advantage"),
      ),
      ...evaluationSchema.entries,
    }),
    example: {
      symbols: [
        {
          symbol: "BTC-USD",
          blocks: 1,
          from: "2025-11-05T00:00:00.000Z",
          to: "2025-11-05T00:15:00.000Z",
          live_from: null,
        },
      ],
      champion_trained_until: "2025-10-31T23:59:59.000Z",
      favours_champion: false,
      promoted: false,
      not_promoted: null,
      ...REPORT_EXAMPLE,
    },
  },
  errors: [
    "unknown_grid",
    "field_unknown",
    "experiment_malformed",
    "pair_malformed",
    "records_malformed",
    "by_malformed",
    "reason_malformed",
    "block_out_of_order",
    "block_impossible",
    "unknown_symbol",
    "no_experiment",
    "experiment_changed",
    "experiment_not_serving",
    "other_pair",
    "block_in_training",
    "block_in_future",
    "block_after_live",
    "decided_blocks_gone",
  ],
});
