// A whole replay, without the process around it: it reads, sends, reports, and returns the result.
import { startProgress } from "../command-line/progress.ts";
import type { SendingContext } from "../command-line/sending-context.ts";
import { UserError } from "../command-line/user-error.ts";
import { barsFit } from "../recordings/bar-length.ts";
import { refusedText, remarksOf, requireTicks, unitsText } from "../recordings/summary-text.ts";
import { readTickFiles, type TickFiles } from "../recordings/tick-files.ts";
import { describeFailure } from "../requests/describe-failure.ts";
import { GatewayError } from "../gateway-client/gateway-error.ts";
import { GatewayClient } from "../gateway-client/gateway-client.ts";
import { fetchStepMs } from "../gateway-client/gateway-queries.ts";
import { TickSender } from "../gateway-client/tick-sender.ts";
import type { Tick } from "../src/features/tick.ts";
import { IngestTotals } from "./ingest-totals.ts";
import { pacedBatches } from "./paced-batches.ts";
import type { ReplayOptions } from "./replay-options.ts";

/**
 * Replays the recordings; prints the counts of what was sent even when it fails.
 *
 * A symbol that the gateway does not take for a minute is given up, and the others go on.
 *
 * @returns true when every tick was sent and not every one was rejected.
 * @throws UserError for a file that cannot be read, no tick to send, or a gateway that does not answer or refuses.
 * @throws GatewayError when the gateway is lost during the replay.
 */
export async function runReplay(options: ReplayOptions, context: SendingContext): Promise<boolean> {
  const read = await readRecordings(options, context);
  await checkGateway(options, read);
  const { ticks } = read;
  const totals = new IngestTotals();
  const progress = startProgress({ label: "replay", total: ticks.length, unit: "ticks", withoutTerminal: "lines" });
  const over = new AbortController();
  const signal = AbortSignal.any([context.abandon, over.signal]);
  const onRetry = (why: string, waitMs: number): void =>
    progress.note(`gateway: ${why}; again in ${(waitMs / 1000).toFixed(1)} s`);
  const sender = new TickSender(new GatewayClient({ baseUrl: options.url, token: options.token, signal, onRetry }), {
    signal,
    onRetry,
    onDelivered: (delivery) => {
      totals.add(delivery);
      progress.update(totals.total.sent);
    },
    onGivenUp: (symbol, lost, why) => totals.addUnsent(symbol, lost.length, why),
  });
  try {
    for await (const batch of pacedBatches(ticks, { ...options, signal: context.stop })) {
      await sender.send(withoutGivenUp(batch, totals));
    }
    if (!context.stop.aborted) await sender.flush();
  } catch (error) {
    const refused = error instanceof GatewayError && error.code === "refused" && totals.total.sent === 0;
    if (refused) throw new UserError(error.message);
    if (!context.abandon.aborted) throw error;
  } finally {
    over.abort();
    progress.stop();
    if (totals.total.sent > 0 || totals.unsent.size > 0) totals.lines().forEach(context.print);
  }
  const { sent, rejected } = totals.total;
  const unsent = [...totals.unsent.values()].reduce((sum, one) => sum + one.ticks, 0);
  const left = ticks.length - sent - unsent;
  if (left > 0) context.note(`interrupted: ${left.toLocaleString("en-US")} ticks not sent`);
  return sent === ticks.length && rejected < sent;
}

/** A hole in a symbol's ticks would be served as its history: after a part that was given up, none of it is sent. */
function withoutGivenUp(batch: readonly Tick[], totals: IngestTotals): readonly Tick[] {
  return batch.filter(({ symbol }) => {
    const unsent = totals.unsent.get(symbol);
    if (unsent !== undefined) totals.addUnsent(symbol, 1, unsent.why);
    return unsent === undefined;
  });
}

async function readRecordings(options: ReplayOptions, context: SendingContext): Promise<TickFiles> {
  const read = await readTickFiles(options.files, { symbol: options.symbol, reading: options.reading });
  requireTicks(read.ticks.length, read, options.symbol);
  const first = read.ticks[0]!;
  const last = read.ticks.at(-1)!;
  const refused = read.rejected.size === 0 ? "" : `; lines refused: ${refusedText(read)}`;
  const span = `${new Date(first.tsMs).toISOString()} to ${new Date(last.tsMs).toISOString()}`;
  const files = read.files.length === 1 ? "1 file" : `${read.files.length} files`;
  context.note(
    `${read.ticks.length.toLocaleString("en-US")} ticks of ${files}, ${span}, ${unitsText(read.files)}${refused}`,
  );
  remarksOf(read).forEach(context.note);
  return read;
}

/** Throws `UserError` when no gateway answers, or bars do not fit into its steps or cannot be compared with them. */
async function checkGateway(options: ReplayOptions, { ticks, files }: TickFiles): Promise<void> {
  const bars = files.filter(({ barMs }) => barMs !== undefined);
  const symbols = bars.length === 0 ? [undefined] : new Set(ticks.map(({ symbol }) => symbol));
  for (const symbol of symbols) {
    const stepMs = await stepMsOf(options, symbol);
    const odd = stepMs === undefined ? undefined : bars.find(({ barMs }) => !barsFit(barMs!, stepMs));
    if (odd === undefined) continue;
    throw new UserError(
      `${odd.path}: holds bars of ${odd.barMs! / 1000} s, which do not fit into the gateway's steps of ` +
        `${stepMs! / 1000} s: start it with STEP_MS=${odd.barMs}`,
    );
  }
}

/** `undefined` where no symbol's bars depend on it and the gateway does not tell it. */
async function stepMsOf({ url, readToken }: ReplayOptions, symbol: string | undefined): Promise<number | undefined> {
  try {
    return await fetchStepMs(url, symbol, readToken);
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code === "unreachable") {
      const why = describeFailure(error);
      throw new UserError(`no gateway at ${url} (${why}): start one with \`npm start\`, or give --url`);
    }
    if (symbol === undefined) return undefined;
    const hint = error.isClosed ? "; give --read-token" : "";
    throw new UserError(`${url} does not tell its steps, into which bars must fit: ${error.message}${hint}`);
  }
}
