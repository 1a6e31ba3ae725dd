// The command line of `npm run model -- backfill`.
import type { Command } from "../../command-line/command.ts";
import { flag, option, repeated } from "../../command-line/option.ts";
import { parseCommandLine } from "../../command-line/parse-command-line.ts";
import { duration, listOf, oneOf, text, words } from "../../command-line/value-types.ts";
import { SYMBOL_TYPE } from "../../command-line/symbol-type.ts";
import { RECALIBRATION_MODES } from "../../src/recalibration/recalibration-mode.ts";
import { BUCKET, GATEWAY, GRID, MAX_TEXT, SHA256 } from "../publish/publish-options.ts";
import { parseSince } from "../run/since.ts";

const DEFAULT_FROM = "local://ticks/";

export const BACKFILL = {
  name: "model backfill",
  call: "npm run model -- backfill",
  about: `
Gives a gateway's challenger the record that it would have earned live: replays the archived ticks after its training
through the code that the gateway runs, scores champion and challenger, and sends the gains of each block. The gateway
computes the evidence anew from these and its live blocks, and judges it.`,
  operands: { type: SHA256, least: 1, most: 1, help: "of the challenger, or the beginning of it" },
  options: {
    gateway: GATEWAY,
    grid: GRID,
    from: repeated(
      text("ADDRESS"),
      "the archive: local://ticks/ (the bucket of wrangler dev), r2://BUCKET/ticks/, or recordings; may be given more " +
        "than once",
      { otherwise: DEFAULT_FROM },
    ),
    since: option(text("TIME"), "blocks from an ISO 8601 time on, or from this long ago, e.g. 30d or 36h", {
      default: "30d",
    }),
    symbol: option(listOf(SYMBOL_TYPE), "only these symbols", { otherwise: "all of the archive" }),
    step: option(duration(100, 3_600_000), "grid step, as 1s or 60s; the gateway's STEP_MS must be the same", {
      otherwise: "that of --grid, else 1s",
    }),
    "warm-up": option(
      duration(1),
      "the archive is read from this long before --since on; features then differ a little from the served ones",
      { otherwise: "from its beginning: the same bits as live" },
    ),
    recalibration: option(
      oneOf(RECALIBRATION_MODES),
      "the gateway's RECALIBRATION, for one of an older version: what is compared is what it answers; each model begins " +
        "with no change",
      { otherwise: "as the gateway says, else on" },
    ),
    ...BUCKET,
    by: option(words("NAME", MAX_TEXT), "who asks, for the gateway's history", { default: "operator" }),
    reason: option(words("REASON", MAX_TEXT), "why, for the gateway's history", { default: "backfilled" }),
    "dry-run": flag("computes and prints, and sends nothing"),
  },
  notes: `
Send it again once the archive has more: the blocks of a symbol replace its earlier ones.
Exit codes: 0 done, 1 a bug, 2 a mistake in the call, a refusal, or a gateway or bucket that does not answer.`,
} satisfies Command;

export type BackfillOptions = ReturnType<typeof parseBackfillOptions>;

/**
 * @param nowMs what `--since 30d` counts from.
 * @throws UserError naming the option, what came and what was expected.
 */
export function parseBackfillOptions(args: readonly string[], nowMs: number) {
  const { values, operands } = parseCommandLine(BACKFILL, args);
  const { from, since, "warm-up": warmUpMs, "dry-run": isDryRun, symbol: symbols, ...others } = values;
  return {
    ...others,
    challenger: operands[0]!,
    from: from.length === 0 ? [DEFAULT_FROM] : from,
    sinceMs: parseSince(since, nowMs),
    ...{ warmUpMs, isDryRun, symbols },
  };
}
