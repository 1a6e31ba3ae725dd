// The directory's client: which symbols exist, which may be created, and the isolate's cache of both.
import { proxyDurable } from "itty-durable/proxy-durable.js";
import { fnv1aOfText } from "../features/fnv1a.ts";
import { faults } from "../health/fault-board.ts";
import { DIRECTORY_BUCKETS } from "../health/health-reasons.ts";
import { logError } from "../log.ts";
import { parseOrThrow } from "../schemas/parse-or-throw.ts";
import type { DirectoryEntry } from "../durable/directory/object.ts";
import { namesSchema } from "../durable/directory/names-schema.ts";
import { type Env, settingsOf } from "../settings.ts";
import { CachedRead } from "./cached-read.ts";
import { deadlined } from "./deadlined.ts";

/** Why a symbol was not created. */
export type AdmissionRefusal = "symbol_not_allowed" | "symbol_limit";

/** A bucket of the directory could not be read or written; it may answer again soon. */
export class DirectoryUnavailableError extends Error {
  override name = "DirectoryUnavailableError";
}

/** Time for a bucket to answer, ms. */
const BUCKET_MS = 5_000;
/** Lists of symbols, and the finding that there are too many, are at most this old. */
const LIST_MS = 10_000;
/**
 * A name that a bucket did not have is not looked up again for this long, whatever the name: so any number of unknown
 * names costs one read of each bucket.
 */
const ABSENT_MS = 2_000;
/** Reads again what was not read this very moment. */
const NOW_MS = 1;
const ALL_BUCKETS = Array.from({ length: DIRECTORY_BUCKETS }, (_, i) => i);

/** What this isolate read of each bucket last. A bucket that is away keeps its last names. */
const lists = ALL_BUCKETS.map(() => {
  return new CachedRead<ReadonlySet<string>>({
    freshMs: LIST_MS,
    staleMs: Infinity,
    failedMs: Infinity,
    retryMs: ABSENT_MS,
  });
});

type Stub = Record<"list" | "add" | "remove" | "entry" | "markCreated", (...args: unknown[]) => Promise<unknown>>;

function bucket(env: Env, index: number): Stub {
  const stub = proxyDurable(env.DIRECTORY, { name: "DIRECTORY", parse: true }).get(`bucket-${index}`) as Stub;
  const ms = Math.min(settingsOf(env).objectDeadlineMs, BUCKET_MS);
  return deadlined(stub, { kind: "directory", object: `directory bucket ${index}`, ms });
}

/** FNV-1a of the name, modulo the number of buckets. */
function bucketIndex(symbol: string): number {
  return fnv1aOfText(symbol) % DIRECTORY_BUCKETS;
}

/** A bucket's names, at most `freshMs` old; older ones where it does not answer. Throws if it never has. */
async function readBucket(env: Env, index: number, freshMs?: number): Promise<ReadonlySet<string>> {
  return await lists[index]!.get(async () => {
    try {
      const names = namesOf(await bucket(env, index).list());
      faults.clear("directory_unavailable", nameOf(index));
      return names;
    } catch (error) {
      faults.note("directory_unavailable", nameOf(index), String(error), Date.now());
      logError("directory_bucket_failed", { bucket: index, error: String(error) });
      throw new DirectoryUnavailableError(`directory: bucket ${index} did not answer`, { cause: error });
    }
  }, freshMs);
}

/** What a fault of a bucket is about. */
function nameOf(index: number): string {
  return `bucket ${index}`;
}

function namesOf(answer: unknown): ReadonlySet<string> {
  const refuse = (text: string): Error => new TypeError(text);
  return new Set(parseOrThrow(namesSchema, answer, { name: "directory", refuse }));
}

/**
 * Every known symbol, sorted; at most 10 s old. Of a bucket that does not answer, the symbols that it had; see
 * `unreadBuckets`. Throws `DirectoryUnavailableError` if no bucket has ever answered.
 */
export async function listSymbols(env: Env): Promise<string[]> {
  const read = await Promise.allSettled(ALL_BUCKETS.map((index) => readBucket(env, index)));
  if (read.every(({ status }) => status === "rejected")) {
    throw new DirectoryUnavailableError(`directory: none of ${DIRECTORY_BUCKETS} buckets answers`);
  }
  return read.flatMap((result) => (result.status === "fulfilled" ? [...result.value] : [])).sort();
}

/** How many buckets did not answer when this isolate asked last: their newer symbols are missing in `listSymbols`. */
export function unreadBuckets(): number {
  return lists.filter(({ hasFailed }) => hasFailed).length;
}

/**
 * Whether a symbol exists. A new one is found after 2 s at the latest. Throws `DirectoryUnavailableError` if it is not
 * known and its bucket does not answer.
 */
export async function symbolExists(env: Env, symbol: string): Promise<boolean> {
  if (symbolKnown(symbol)) return true;
  const index = bucketIndex(symbol);
  const names = await readBucket(env, index, ABSENT_MS);
  if (names.has(symbol)) return true;
  if (lists[index]!.hasFailed) throw new DirectoryUnavailableError(`directory: bucket ${index} did not answer`);
  return false;
}

/** Whether a symbol is in this isolate's cache; asks no bucket. */
export function symbolKnown(symbol: string): boolean {
  return lists[bucketIndex(symbol)]!.last?.has(symbol) === true;
}

/** Why each missing symbol was not created; a `DirectoryUnavailableError` where that may be tried again. */
export type Admission = ReadonlyMap<string, AdmissionRefusal | DirectoryUnavailableError>;

/**
 * Creates a request's missing symbols and returns why others are not created. The limit is counted over all buckets
 * that answer; concurrent requests can exceed it by the symbols they create.
 */
export async function admitSymbols(env: Env, symbols: readonly string[]): Promise<Admission> {
  const refused = new Map<string, AdmissionRefusal | DirectoryUnavailableError>();
  const { allowedSymbols, maxSymbols } = settingsOf(env);
  const found = await Promise.allSettled(symbols.map((symbol) => symbolExists(env, symbol)));
  const wanted = symbols.filter((symbol, i) => {
    const result = found[i]!;
    if (result.status === "rejected") refused.set(symbol, unavailable(result.reason));
    else if (!result.value && allowedSymbols?.has(symbol) === false) refused.set(symbol, "symbol_not_allowed");
    return result.status === "fulfilled" && !result.value && !refused.has(symbol);
  });
  if (wanted.length === 0) return refused;
  const room = Math.max(0, maxSymbols - (await countSymbols(env, maxSymbols)));
  for (const symbol of wanted.slice(room)) refused.set(symbol, "symbol_limit");
  await createSymbols(env, wanted.slice(0, room), refused);
  return refused;
}

/** How many symbols there are: counted anew unless there were `enough` within the last 10 s. */
async function countSymbols(env: Env, enough: number): Promise<number> {
  const { length } = await listSymbols(env);
  if (length >= enough) return length;
  await Promise.allSettled(ALL_BUCKETS.map((index) => readBucket(env, index, NOW_MS)));
  return (await listSymbols(env)).length;
}

async function createSymbols(
  env: Env,
  symbols: readonly string[],
  refused: Map<string, AdmissionRefusal | DirectoryUnavailableError>,
): Promise<void> {
  const additions = ALL_BUCKETS.map(async (index) => {
    const names = symbols.filter((symbol) => bucketIndex(symbol) === index);
    if (names.length === 0) return;
    try {
      lists[index]!.set(namesOf(await bucket(env, index).add(...names)));
    } catch (error) {
      faults.note("directory_unavailable", nameOf(index), String(error), Date.now());
      for (const symbol of names) refused.set(symbol, unavailable(error));
    }
  });
  await Promise.all(additions);
}

/** What the directory knows of a symbol; `null` when it does not know it. */
export async function directoryEntry(env: Env, symbol: string): Promise<DirectoryEntry | null> {
  const answer = await bucket(env, bucketIndex(symbol)).entry(symbol);
  const { sinceMs, isCreated } = (answer ?? {}) as Partial<DirectoryEntry>;
  return typeof sinceMs === "number" ? { sinceMs, isCreated: isCreated === true } : null;
}

/** Records that a symbol has stored a batch. */
export async function markCreated(env: Env, symbol: string): Promise<void> {
  await bucket(env, bucketIndex(symbol)).markCreated(symbol);
}

/** Removes a symbol from the directory, and from what this isolate remembers. Returns whether the directory had it. */
export async function removeSymbol(env: Env, symbol: string): Promise<boolean> {
  try {
    return (await bucket(env, bucketIndex(symbol)).remove(symbol)) === true;
  } finally {
    forgetSymbol(symbol);
  }
}

/** Forgets one name: its bucket is read again when it is asked for. The bucket's other names stay known meanwhile. */
export function forgetSymbol(symbol: string): void {
  lists[bucketIndex(symbol)]!.revise((names) => new Set([...names].filter((name) => name !== symbol)));
}

/** Adds a name. Throws `DirectoryUnavailableError`. */
export async function addSymbol(env: Env, symbol: string): Promise<void> {
  const refused = new Map<string, AdmissionRefusal | DirectoryUnavailableError>();
  await createSymbols(env, [symbol], refused);
  const error = refused.get(symbol);
  if (error instanceof Error) throw error;
}

function unavailable(error: unknown): DirectoryUnavailableError {
  return error instanceof DirectoryUnavailableError
    ? error
    : new DirectoryUnavailableError(`directory: ${String(error)}`, { cause: error });
}
