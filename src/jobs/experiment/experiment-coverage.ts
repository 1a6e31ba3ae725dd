// The coverage of an experiment's evidence: whether too many symbols are missing from it to promote for all.
import type { SymbolPart } from "./collect-blocks.ts";

/** The share of the symbols that could have answered which may be missing. */
const MAX_MISSING_SHARE = 0.2;
/** Symbols that a sentence names, at most. */
const MAX_NAMED = 10;

type Pair = { readonly champion: string; readonly challenger: string };
type Part = Pick<SymbolPart, "symbol" | "failed" | "pair" | "answered">;

export interface ExperimentCoverage {
  /** Objects that did not answer. */
  readonly unanswered: readonly string[];
  /** Symbols that compare another pair, or none yet. */
  readonly otherPair: readonly string[];
  /** A text when more than a fifth of the symbols that could have answered are missing; else `null`. */
  readonly missing: string | null;
}

/** Whether a symbol's blocks compare these two models. */
export function comparesPair({ pair }: Pick<Part, "pair">, { champion, challenger }: Pair): boolean {
  return pair?.champion === champion && pair.challenger === challenger;
}

/**
 * Which symbols are missing. A symbol counts if its object failed (its state is unknown), if it compares the pair, or
 * if a model answered steps of it since the experiment began. Symbols without ticks since then do not count. Without
 * symbols none is missing.
 *
 * Example: of three symbols with ticks one fails: 1 of 3 is more than a fifth.
 */
export function experimentCoverage(parts: readonly Part[], pair: Pair): ExperimentCoverage {
  const others = parts.filter((part) => !part.failed && !comparesPair(part, pair));
  const unanswered = parts.filter(({ failed }) => failed).map(({ symbol }) => symbol);
  const active = others.filter(({ answered }) => answered.champion + answered.challenger > 0);
  const lost = unanswered.length + active.length;
  const all = parts.length - others.length + active.length;
  const words = [
    named("unanswered", unanswered),
    named(
      "on another pair or none",
      active.map(({ symbol }) => symbol),
    ),
  ];
  return {
    unanswered,
    otherPair: others.map(({ symbol }) => symbol),
    missing:
      lost > MAX_MISSING_SHARE * all
        ? `symbols: ${lost} of ${all} are missing (${words.filter((text) => text !== "").join("; ")}), needs at most a fifth`
        : null,
  };
}

/**
 * A text when a symbol with blocks from the archive does not answer with them; else `null`.
 * @param backfilled the symbols that have such blocks; one that was removed since is not waited for.
 */
export function missingBackfill(
  parts: readonly (Part & Pick<SymbolPart, "backfilled">)[],
  pair: Pair,
  backfilled: readonly string[],
): string | null {
  const lost = parts.filter(
    (part) => backfilled.includes(part.symbol) && !(comparesPair(part, pair) && part.backfilled),
  );
  if (lost.length === 0) return null;
  const symbols = lost.map(({ symbol }) => symbol);
  return `backfill: ${named("without its blocks from the archive", symbols)}, needs all: backfill again`;
}

function named(what: string, symbols: readonly string[]): string {
  if (symbols.length === 0) return "";
  const more = symbols.length > MAX_NAMED ? ` and ${symbols.length - MAX_NAMED} more` : "";
  return `${what}: ${symbols.slice(0, MAX_NAMED).join(", ")}${more}`;
}
