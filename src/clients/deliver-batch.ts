// Hands one symbol's batch to its object, and creates the symbol where that is due: for requests and feeds alike.
import type { DirectoryEntry } from "../durable/directory/object.ts";
import type { BatchAnswer, IngestBatch } from "../durable/symbol/pipeline.ts";
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
  const delivery = await caught(batch.symbol, () => deliver(env, batch, admit));
  countDelivery(way, batch.rows.length / TICK_FIELDS, delivery);
  return delivery;
}

/**
 * The same inside the symbol's object, for what comes to it directly. The directory is asked only where the object has
 * no database. @param take applies a batch.
 */
export async function deliverHere(
  env: Env,
  batch: Omit<IngestBatch, "admitted">,
  { way, take }: { readonly way: Way; readonly take: (batch: IngestBatch) => Promise<BatchAnswer> },
): Promise<Delivery> {
  const delivery = await caught(batch.symbol, async () => {
    const answer = await take(batch);
    return answer.refused === "not_created"
      ? await deliverNew(env, batch.symbol, take, batch)
      : outcomeOf(batch, answer);
  });
  countDelivery(way, batch.rows.length / TICK_FIELDS, delivery);
  return delivery;
}

async function caught(symbol: string, deliver: () => Promise<Delivery>): Promise<Delivery> {
  try {
    return await deliver();
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
  const answer = await stub.ingest(sent);
  if (answer.refused !== "not_created") return outcomeOf(batch, answer);
  return await deliverNew(env, symbol, (admitted) => stub.ingest(admitted), sent, isAdmitted);
}

/** A symbol that is new, was removed since this isolate learned of it, or is without its database. */
async function deliverNew<Sent>(
  env: Env,
  symbol: string,
  take: (sent: Sent & { readonly admitted: DirectoryEntry }) => Promise<BatchAnswer>,
  sent: Sent,
  isAdmitted = false,
): Promise<Delivery> {
  if (!isAdmitted) forgetSymbol(symbol);
  const refused = isAdmitted ? undefined : (await admitSymbols(env, [symbol])).get(symbol);
  if (refused instanceof Error) throw refused;
  if (refused !== undefined) return { kind: "not_admitted", reason: refused };
  const admitted = (await directoryEntry(env, symbol)) ?? { sinceMs: Date.now(), isCreated: false };
  return outcomeOf({ symbol }, await take({ ...sent, admitted }));
}

function outcomeOf({ symbol }: Pick<IngestBatch, "symbol">, answer: BatchAnswer): Delivery {
  const { refused } = answer;
  if (refused === "not_created") throw new Error("the object knows nothing of its admission");
  // Other refusals are faults of who sent the batch.
  const isFault = refused === "archive_backlog" || refused === "champion_unknown";
  faults.set("ingest_failed", symbol, isFault ? refused : undefined, Date.now());
  if (refused !== undefined) return { kind: "failed", code: refused };
  faults.lastBatchMs = Date.now();
  return { kind: "taken", answer };
}
