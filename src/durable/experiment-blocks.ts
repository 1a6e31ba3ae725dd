// What every symbol's object knows of the running experiment.
import type { BlockGain } from "../quality/quality-series.ts";
import { listSymbols } from "./directory-object.ts";
import type { Env } from "./environment.ts";

/** One symbol's part of an experiment, as its object answers. */
export interface ExperimentBlocks {
  /** SHA-256 of the two models that `blocks` compares: an object may not have heard yet of the newest experiment. */
  readonly pair: { readonly champion: string; readonly challenger: string } | null;
  /** Canonical texts of their label specs; `null` for a model that is not there. */
  readonly championLabel: string | null;
  readonly challengerLabel: string | null;
  readonly blocks: readonly BlockGain[];
  /** Steps that each of them answered. */
  readonly answered: { readonly champion: number; readonly challenger: number };
}

/** `blocks` is `undefined` where the object did not answer, or has no tick yet. */
export interface SymbolBlocks {
  readonly symbol: string;
  readonly blocks: ExperimentBlocks | undefined;
  readonly failed: boolean;
}

/** Objects asked at the same time. */
const PARALLEL = 32;

/** Asks every symbol of the directory. One that fails is logged and marked, and holds up nobody. */
export async function collectBlocks(env: Env, nowMs: number): Promise<SymbolBlocks[]> {
  const symbols = await listSymbols(env, nowMs);
  const all: SymbolBlocks[] = [];
  for (let from = 0; from < symbols.length; from += PARALLEL) {
    all.push(...(await Promise.all(symbols.slice(from, from + PARALLEL).map((symbol) => ask(env, symbol)))));
  }
  return all;
}

async function ask(env: Env, symbol: string): Promise<SymbolBlocks> {
  try {
    const stub = env.SYMBOLS.get(env.SYMBOLS.idFromName(symbol));
    return { symbol, blocks: await stub.experimentBlocks(), failed: false };
  } catch (error) {
    console.error(JSON.stringify({ event: "experiment_symbol_failed", symbol, error: String(error) }));
    return { symbol, blocks: undefined, failed: true };
  }
}
