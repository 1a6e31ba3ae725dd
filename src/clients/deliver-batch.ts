// Hands one symbol's batch to its object, and creates the symbol where that is due: for requests and feeds alike.
import type { IngestBatch } from "../durable/symbol/pipeline.ts";
import { TICK_FIELDS } from "../features/packed-ticks.ts";
import { faults } from "../health/fault-board.ts";
import { logError } from "../log.ts";
import { currentRequest } from "../request-context.ts";
import type { Env } from "../settings.ts";
import { countDelivery } from "./count-delivery.ts";
import { ObjectTimeoutError } from "./deadlined.ts";
import type { Delivery, Way } from "./delivery.ts";
import { type Admission, admitSymbols, directoryEntry, forgetSymbol, symbolKnown } from "./directory.ts";
import { sentTicks } from "./sent-ticks.ts";
import { symbolOf } from "./symbols.ts";

interface DeliveryOptions {
  /** How the batch came. */
  readonly way: Way;
  /** What the directory says of a symbol that this isolate does not know; a request asks once for all of its. */
  readonly admit?: () => Promise<Admission>;
}

/** Notes in the isolate's faults whether the symbol takes its batches, and counts what became of them. Never throws. */
export async function deliverBatch(
  env: Env,
  batch: Omit<IngestBatch, "admitted">,
  { way, admit = () => admitSymbols(env, [batch.symbol]) }: DeliveryOptions,
): Promise<Delivery> {
  const delivery = await tryToDeliver(env, batch, admit);
  countDelivery(way, batch.rows.length / TICK_FIELDS, delivery);
  return delivery;
}

async function tryToDeliver(
  env: Env,
  batch: Omit<IngestBatch, "admitted">,
  admit: () => Promise<Admission>,
): Promise<Delivery> {
  const { symbol } = batch;
  try {
    return await deliver(env, batch, admit);
  } catch (error) {
    faults.note("ingest_failed", symbol, String(error), Date.now());
    logError("ingest_failed", { symbol, error: String(error) });
    return { kind: "failed", code: error instanceof ObjectTimeoutError ? "symbol_timeout" : "symbol_failed" };
  }
}

async function deliver(
  env: Env,
  { rows, ...batch }: Omit<IngestBatch, "admitted">,
  admit: () => Promise<Admission>,
): Promise<Delivery> {
  const { symbol } = batch;
  const isAdmitted = !symbolKnown(symbol);
  const refusal = isAdmitted ? (await admit()).get(symbol) : undefined;
  if (refusal instanceof Error) throw refusal;
  if (refusal !== undefined) return { kind: "not_admitted", reason: refusal };
  const { requestId } = currentRequest() ?? {};
  const sent = { ...batch, ...sentTicks(rows), ...(requestId === undefined ? {} : { requestId }) };
  const stub = symbolOf(env, symbol);
  let answer = await stub.ingest(sent);
  if (answer.refused === "not_created") {
    // New, removed since this isolate learned of it, or without its database.
    if (!isAdmitted) forgetSymbol(symbol);
    const refused = isAdmitted ? undefined : (await admitSymbols(env, [symbol])).get(symbol);
    if (refused instanceof Error) throw refused;
    if (refused !== undefined) return { kind: "not_admitted", reason: refused };
    const admitted = (await directoryEntry(env, symbol)) ?? { sinceMs: Date.now(), isCreated: false };
    answer = await stub.ingest({ ...sent, admitted });
  }
  const { refused } = answer;
  if (refused === "not_created") throw new Error("the object knows nothing of its admission");
  // Other refusals are faults of who sent the batch.
  const isFault = refused === "archive_backlog" || refused === "champion_unknown";
  faults.set("ingest_failed", symbol, isFault ? refused : undefined, Date.now());
  if (refused !== undefined) return { kind: "failed", code: refused };
  faults.lastBatchMs = Date.now();
  return { kind: "taken", answer };
}
