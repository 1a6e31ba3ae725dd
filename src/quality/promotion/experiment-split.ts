// Which of two models answers for a step of an experiment.
import { fnv1aOfText } from "../../features/fnv1a.ts";

/** Consecutive steps answered by the same model, so that a polling client does not see the two models alternate. */
const SPLIT_BLOCK_STEPS = 600;

/** The fields of an experiment that decide which model answers. */
export interface SplitExperiment {
  readonly id: string;
  readonly mode: "shadow" | "split";
  /** The challenger's share of the answers under `split`, between 0 and 1. */
  readonly share: number;
}

/**
 * The model that answers for a symbol's step (`floor(ts / stepMs)`): under `shadow` the champion always, under `split`
 * by a hash of experiment, symbol and 600-step block that is below `share` for the challenger. Deterministic on every
 * machine and after every restart. When the share grows, the challenger keeps the blocks it had.
 *
 * Example: with `{ id: "1-a-b", mode: "split", share: 0.5 }` the steps 0–599 of BTC-USD are answered by one model.
 */
export function variantOf(experiment: SplitExperiment, symbol: string, step: number): "champion" | "challenger" {
  if (experiment.mode === "shadow") return "champion";
  const block = Math.floor(step / SPLIT_BLOCK_STEPS);
  return share(`${experiment.id}|${symbol}|${block}`) < experiment.share ? "challenger" : "champion";
}

/** A pseudo-random number in [0, 1) from the text: FNV-1a, mixed by MurmurHash3's finalizer. */
function share(text: string): number {
  let h = fnv1aOfText(text);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}
