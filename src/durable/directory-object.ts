// Which symbols exist: hash buckets of names, each written once per symbol. On itty-durable, like the registry.
import { createDurable } from "itty-durable/itty-durable.js";
import { proxyDurable } from "itty-durable/proxy-durable.js";
import { type Env, settingsOf } from "./environment.ts";

export const DIRECTORY_BUCKETS = 16;

export class DirectoryObject extends createDurable() {
  symbols: string[] = [];

  list(): string[] {
    return this.symbols;
  }

  /** Adds a symbol; durable before the answer. Adding it again changes nothing. */
  async add(symbol: string): Promise<string[]> {
    if (!this.symbols.includes(symbol)) {
      this.symbols = [...this.symbols, symbol];
      await this.persist();
    }
    return this.symbols;
  }
}

/** Why a symbol was not created. */
export type AdmissionRefusal = "symbol_not_allowed" | "symbol_limit";

const CACHE_MS = 10_000;
/** Symbols that this isolate knows to exist. A symbol never stops existing while its isolate lives. */
const known = new Set<string>();
let listedAtMs = -Infinity;

type Stub = Record<"list" | "add", (...args: unknown[]) => Promise<unknown>>;

function bucket(env: Env, index: number): Stub {
  return proxyDurable(env.DIRECTORY, { name: "DIRECTORY", parse: true }).get(`bucket-${index}`) as Stub;
}

/** FNV-1a of the name, modulo the number of buckets. */
function bucketIndex(symbol: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < symbol.length; i++) hash = Math.imul(hash ^ symbol.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % DIRECTORY_BUCKETS;
}

const namesOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((name): name is string => typeof name === "string") : [];

/** Every symbol, sorted; at most 10 s old. */
export async function listSymbols(env: Env, nowMs: number): Promise<string[]> {
  if (nowMs - listedAtMs >= CACHE_MS) {
    await readAllBuckets(env);
    listedAtMs = nowMs;
  }
  return [...known].sort();
}

async function readAllBuckets(env: Env): Promise<number> {
  const buckets = await Promise.all(Array.from({ length: DIRECTORY_BUCKETS }, (_, i) => bucket(env, i).list()));
  const names = buckets.flatMap(namesOf);
  for (const symbol of names) known.add(symbol);
  return names.length;
}

/** Whether a symbol exists; asks its bucket only when this isolate does not know it. */
export async function symbolExists(env: Env, symbol: string): Promise<boolean> {
  if (known.has(symbol)) return true;
  if (!namesOf(await bucket(env, bucketIndex(symbol)).list()).includes(symbol)) return false;
  known.add(symbol);
  return true;
}

/**
 * Creates a symbol unless it exists. The limit is counted over all buckets at each creation; creations that run at the
 * very same moment can overshoot it by their number.
 */
export async function admitSymbol(env: Env, symbol: string): Promise<AdmissionRefusal | undefined> {
  if (await symbolExists(env, symbol)) return undefined;
  const { allowedSymbols, maxSymbols } = settingsOf(env);
  if (allowedSymbols !== undefined && !allowedSymbols.has(symbol)) return "symbol_not_allowed";
  if ((await readAllBuckets(env)) >= maxSymbols) return "symbol_limit";
  await bucket(env, bucketIndex(symbol)).add(symbol);
  known.add(symbol);
  return undefined;
}
