// The directory's client: which symbols exist, which may be created, and the isolate's cache of both.
import { proxyDurable } from "itty-durable/proxy-durable.js";
import { fnv1aOfText } from "../features/fnv1a.ts";
import { parseOrThrow } from "../schemas/parse-or-throw.ts";
import { namesSchema } from "../durable/directory/names-schema.ts";
import { type Env, settingsOf } from "../settings.ts";

/** Hash buckets of the directory. Must never change: a name is looked up in its own bucket only. */
const DIRECTORY_BUCKETS = 16;

/** Why a symbol was not created. */
export type AdmissionRefusal = "symbol_not_allowed" | "symbol_limit";

const CACHE_MS = 10_000;
const ALL_BUCKETS = Array.from({ length: DIRECTORY_BUCKETS }, (_, i) => i);
/**
 * This isolate's cache of existing symbols. One that was removed elsewhere is noticed when its object refuses a batch,
 * and when all buckets are read.
 */
const known = new Set<string>();
let listedAtMs = -Infinity;

type Stub = Record<"list" | "add" | "remove" | "sinceMs", (...args: unknown[]) => Promise<unknown>>;

function bucket(env: Env, index: number): Stub {
  return proxyDurable(env.DIRECTORY, { name: "DIRECTORY", parse: true }).get(`bucket-${index}`) as Stub;
}

/** FNV-1a of the name, modulo the number of buckets. */
function bucketIndex(symbol: string): number {
  return fnv1aOfText(symbol) % DIRECTORY_BUCKETS;
}

/** Every symbol, sorted; at most 10 s old. */
export async function listSymbols(env: Env, nowMs: number): Promise<string[]> {
  if (nowMs - listedAtMs >= CACHE_MS) {
    const names = await readBuckets(env, ALL_BUCKETS);
    known.clear();
    for (const name of names) known.add(name);
    listedAtMs = nowMs;
  }
  return [...known].sort();
}

/** Reads buckets into `known` and returns the symbols that they hold. */
async function readBuckets(env: Env, indices: readonly number[]): Promise<string[]> {
  const buckets = await Promise.all(indices.map((i) => bucket(env, i).list()));
  const refuse = (text: string): Error => new TypeError(text);
  const names = buckets.flatMap((answer) => parseOrThrow(namesSchema, answer, { name: "directory", refuse }));
  for (const symbol of names) known.add(symbol);
  return names;
}

/** Whether a symbol exists; asks its bucket only if the symbol is not cached. */
export async function symbolExists(env: Env, symbol: string): Promise<boolean> {
  if (known.has(symbol)) return true;
  await readBuckets(env, [bucketIndex(symbol)]);
  return known.has(symbol);
}

/** Whether a symbol is in this isolate's cache; asks no bucket. */
export function symbolKnown(symbol: string): boolean {
  return known.has(symbol);
}

/**
 * Creates a request's missing symbols and returns why others are refused. The limit is counted over all buckets;
 * concurrent requests can exceed it by the symbols they create.
 */
export async function admitSymbols(
  env: Env,
  symbols: readonly string[],
): Promise<ReadonlyMap<string, AdmissionRefusal>> {
  const refused = new Map<string, AdmissionRefusal>();
  const unknown = symbols.filter((symbol) => !known.has(symbol));
  if (unknown.length === 0) return refused;
  await readBuckets(env, [...new Set(unknown.map(bucketIndex))]);
  const { allowedSymbols, maxSymbols } = settingsOf(env);
  const wanted: string[] = [];
  for (const symbol of unknown.filter((name) => !known.has(name))) {
    if (allowedSymbols === undefined || allowedSymbols.has(symbol)) wanted.push(symbol);
    else refused.set(symbol, "symbol_not_allowed");
  }
  if (wanted.length === 0) return refused;
  const room = Math.max(0, maxSymbols - (await readBuckets(env, ALL_BUCKETS)).length);
  for (const symbol of wanted.slice(room)) refused.set(symbol, "symbol_limit");
  await createSymbols(env, wanted.slice(0, room));
  return refused;
}

/** Since when the directory knows a symbol, ms since 1970; `null` when it does not. */
export async function symbolSinceMs(env: Env, symbol: string): Promise<number | null> {
  const answer = await bucket(env, bucketIndex(symbol)).sinceMs(symbol);
  return typeof answer === "number" ? answer : null;
}

/** Removes a symbol from the directory and from this isolate's cache. Returns whether the directory had it. */
export async function removeSymbol(env: Env, symbol: string): Promise<boolean> {
  known.delete(symbol);
  return (await bucket(env, bucketIndex(symbol)).remove(symbol)) === true;
}

/** Forgets that a symbol exists, until the directory is asked again. */
export function forgetSymbol(symbol: string): void {
  known.delete(symbol);
}

/** Adds names to the directory and to this isolate's cache. */
export async function createSymbols(env: Env, symbols: readonly string[]): Promise<void> {
  const additions = ALL_BUCKETS.map(async (index) => {
    const names = symbols.filter((symbol) => bucketIndex(symbol) === index);
    if (names.length > 0) await bucket(env, index).add(...names);
  });
  await Promise.all(additions);
  for (const symbol of symbols) known.add(symbol);
}
