// Why a symbol's figures are not in the sums over the symbols.
import type { AliasFigures, SymbolFigures } from "../../durable/symbol/evaluation/symbol-figures.ts";

/** Why a symbol is left out. */
export const LEFT_OUT = {
  failed: "its object did not answer",
  noGrid: "it does not have this grid",
  noChampion: "no model is champion",
  ownModels: "its grid has models of its own",
  noStep: "no step has been scored by the champion",
  otherChampion: "another champion serves it still",
  noLabel: "no label has come yet",
} as const;

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
  if (failed) return LEFT_OUT.failed;
  if (champion === undefined) return LEFT_OUT.noChampion;
  if (answer?.hasOwnModels === true) return LEFT_OUT.ownModels;
  if (figures === undefined) return LEFT_OUT.noStep;
  if (figures.sha256 !== champion) return LEFT_OUT.otherChampion;
  if (figures.resolved === 0) return LEFT_OUT.noLabel;
  const { counts, reliability, levels, episodeBlocks }: Partial<AliasFigures> = figures;
  const isWhole = counts && reliability && levels && episodeBlocks;
  return isWhole ? null : "its object is of an earlier version still, which does not give all that is summed";
}
