// Why a symbol's figures are not in the sums over the symbols.
import type { AliasFigures, SymbolFigures } from "../../durable/symbol/evaluation/symbol-figures.ts";

/** What a symbol's object answered; `undefined` for a symbol without a tick, and where it failed. */
interface Asked {
  readonly answer: Partial<SymbolFigures> | undefined;
  readonly failed: boolean;
}

/**
 * In words; `null` for a symbol that belongs into the sums. While a new version is rolled out, an object may still be
 * of the one before and lack fields.
 * @param figures those of the champion that the object serves.
 * @param champion SHA-256 of the gateway's champion.
 */
export function whyLeftOut(
  { answer, failed }: Asked,
  figures: AliasFigures | undefined,
  champion: string | undefined,
): string | null {
  if (failed) return "its object did not answer";
  if (champion === undefined) return "no model is champion";
  if (answer?.hasOwnModels === true) return "its grid has models of its own";
  if (figures === undefined) return "no step has been scored by the champion";
  if (figures.sha256 !== champion) return "another champion serves it still";
  if (figures.resolved === 0) return "no label has come yet";
  const { counts, reliability, levels, episodeBlocks }: Partial<AliasFigures> = figures;
  const isWhole = counts && reliability && levels && episodeBlocks;
  return isWhole ? null : "its object is of an earlier version still, which does not give all that is summed";
}
