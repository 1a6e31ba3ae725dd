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
import {
  type Admission,
  type AdmissionRefusal,
  admitSymbols,
  directoryEntry,
  forgetSymbol,
  symbolKnown,
} from "./directory.ts";
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

/**
 * The parts of one frame, each to its symbol. The directory is asked once for all of them: asked one by one, each new
 * symbol would find the room that MAX_SYMBOLS leaves for one. Never throws.
 */
export async function deliverFrame(env: Env, batches: readonly Omit<IngestBatch, "admitted">[]): Promise<Delivery[]> {
  let admission: Promise<Admission> | undefined;
  const symbols = batches.map(({ symbol }) => symbol);
  const admit = (): Promise<Admission> => (admission ??= admitSymbols(env, symbols));
  return await Promise.all(batches.map((batch) => deliverBatch(env, batch, { way: "socket", admit })));
}

/**
 * The same inside the symbol's object, for what comes to it directly: batches that wait together. The directory is
 * asked only where the object has no database. Never throws.
 * @param take applies them, in their order.
 */
export async function deliverHere(
  env: Env,
  batches: readonly IngestBatch[],
  { way, take }: { readonly way: Way; readonly take: TakeBatches },
): Promise<Delivery[]> {
  const deliveries = await tryToTake(env, batches, take);
  deliveries.forEach((delivery, i) => countDelivery(way, batches[i]!.rows.length / TICK_FIELDS, delivery));
  return deliveries;
}

type TakeBatches = (batches: readonly IngestBatch[]) => Promise<readonly BatchAnswer[]>;

async function tryToTake(env: Env, batches: readonly IngestBatch[], take: TakeBatches): Promise<Delivery[]> {
  const [first] = batches;
  if (first === undefined) return [];
  try {
    const answers = await take(batches);
    if (answers[0]!.refused !== "not_created") return answers.map((answer) => outcomeOf(first, answer));
    const admitted = await admittedAnew(env, first.symbol);
    if (typeof admitted === "string") return batches.map(() => ({ kind: "not_admitted", reason: admitted }));
    const taken = await take(batches.map((batch) => ({ ...batch, admitted })));
    return taken.map((answer) => outcomeOf(first, answer));
  } catch (error) {
    const failed = failureOf(first.symbol, error);
    return batches.map(() => failed);
  }
}

async function tryToDeliver(
  env: Env,
  batch: Omit<IngestBatch, "admitted">,
  admit: () => Promise<Admission>,
): Promise<Delivery> {
  try {
    return await deliver(env, batch, admit);
  } catch (error) {
    return failureOf(batch.symbol, error);
  }
}

function failureOf(symbol: string, error: unknown): Delivery {
  faults.note("ingest_failed", symbol, String(error), Date.now());
  logError("ingest_failed", { symbol, error: String(error) });
  return { kind: "failed", code: error instanceof ObjectTimeoutError ? "symbol_timeout" : "symbol_failed" };
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
  const admitted = isAdmitted ? await entryOf(env, symbol) : await admittedAnew(env, symbol);
  if (typeof admitted === "string") return { kind: "not_admitted", reason: admitted };
  return outcomeOf(batch, await stub.ingest({ ...sent, admitted }));
}

/** Admits a symbol that is new, was removed since this isolate learned of it, or is without its database. */
async function admittedAnew(env: Env, symbol: string): Promise<DirectoryEntry | AdmissionRefusal> {
  forgetSymbol(symbol);
  const refused = (await admitSymbols(env, [symbol])).get(symbol);
  if (refused instanceof Error) throw refused;
  return refused ?? (await entryOf(env, symbol));
}

async function entryOf(env: Env, symbol: string): Promise<DirectoryEntry> {
  return (await directoryEntry(env, symbol)) ?? { sinceMs: Date.now(), isCreated: false };
}

function outcomeOf({ symbol }: Pick<IngestBatch, "symbol">, answer: BatchAnswer): Delivery {
  const { refused } = answer;
  if (refused === "not_created") throw new Error("the object knows nothing of its admission");
  // Other refusals are faults of who sent the batch.
  const isFault = refused === "archive_backlog" || refused === "symbol_busy" || refused === "champion_unknown";
  faults.set("ingest_failed", symbol, isFault ? refused : undefined, Date.now());
  if (refused !== undefined) return { kind: "failed", code: refused };
  faults.lastBatchMs = Date.now();
  return { kind: "taken", answer };
}
