// A whole run of `warm`, without the process around it: it reads, sends a request a symbol, and reports.
import { startProgress } from "../command-line/progress.ts";
import { UserError } from "../command-line/user-error.ts";
import { GatewayError } from "../gateway-client/gateway-error.ts";
import { fetchStepMs } from "../gateway-client/gateway-queries.ts";
import { refusedText, remarksOf, requireTicks } from "../recordings/summary-text.ts";
import { streamTicks } from "../recordings/tick-stream.ts";
import { describeFailure } from "../requests/describe-failure.ts";
import { MAX_WARM_TICKS } from "../src/markets/history/warm-limits.ts";
import { NewestTicks } from "./newest-ticks.ts";
import type { WarmOptions } from "./warm-options.ts";
import { historyLines, type Warmed, warmOne } from "./warm-request.ts";

export interface WarmContext {
  /** Takes the lines of the result. */
  readonly print: (line: string) => void;
  /** Takes remarks. */
  readonly note: (line: string) => void;
}

/**
 * Warms every symbol of the recordings, one after the other; a symbol that is refused does not stop the others.
 *
 * @returns true when every symbol was warmed.
 * @throws UserError for a file that cannot be read, no tick, or a gateway that does not answer.
 */
export async function runWarm(options: WarmOptions, context: WarmContext): Promise<boolean> {
  const newest = await readNewest(options, await stepMsOf(options), context);
  let isDone = true;
  for (const [symbol, ticks] of newest.symbols()) {
    const name = options.as ?? symbol;
    const { text, ticks: sent } = historyLines(ticks);
    try {
      const warmed = await warmOne(options.url, name, text, options.token);
      context.print(resultText(name, sent, warmed));
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      if (error.code === "unreachable") throw new UserError(error.message);
      context.print(`${name}: not warmed: ${error.message}`);
      isDone = false;
    }
  }
  return isDone;
}

/** E.g. `BTC-USD: 86,399 steps of 30,000 ticks, …; probability 0.0713`. */
function resultText(name: string, sent: number, { warm, ticks, probability, missing }: Warmed): string {
  const number = (n: number): string => n.toLocaleString("en-US");
  const others = Object.entries(ticks).filter(([outcome, count]) => outcome !== "accepted" && count > 0);
  const left = others.map(([outcome, count]) => `, ${number(count)} ${outcome}`).join("");
  const span = `${new Date(warm.from_ms).toISOString()} to ${new Date(warm.to_ms).toISOString()}`;
  const answer = probability === null ? `no probability yet: ${missing.join("; ")}` : `probability ${probability}`;
  return `${name}: ${number(warm.steps)} steps of ${number(warm.ticks)} ticks (${number(sent)} sent${left}), ${span}; ${answer}`;
}

async function readNewest(options: WarmOptions, stepMs: number, context: WarmContext): Promise<NewestTicks> {
  const { files, symbol, reading } = options;
  const progress = startProgress({ label: "read", total: 1, unit: "bytes", withoutTerminal: "nothing" });
  const newest = new NewestTicks(MAX_WARM_TICKS);
  const stream = streamTicks(files, { symbol, stepMs, reading, onProgress: (read) => progress.update(read) });
  try {
    for await (const ticks of stream.batches) newest.add(ticks);
  } finally {
    progress.stop();
  }
  const { summary } = stream;
  requireTicks(summary.ticks, summary, symbol);
  if (summary.rejected.size > 0) context.note(`lines refused: ${refusedText(summary)}`);
  remarksOf(summary).forEach(context.note);
  return newest;
}

async function stepMsOf({ url, readToken }: WarmOptions): Promise<number> {
  try {
    return await fetchStepMs(url, undefined, readToken);
  } catch (error) {
    throw new UserError(
      `no gateway at ${url} (${describeFailure(error)}): start one with \`npm start\`, or give --url`,
    );
  }
}
