// Which of a symbol's figures are the champion's.
import type { LabelQuality, PairQuality, SeriesQuality, WindowName } from "../../quality/window-quality.ts";
import type { SymbolQuality } from "../../durable/symbol/evaluation/symbol-quality.ts";
import type { SymbolWeek } from "./symbol-week.ts";

/** Aliases of a model, or the first digits of its SHA-256 where it holds none any more. */
export function modelName({ models }: SymbolQuality, sha256: string): string {
  const model = models.find((one) => one.sha256 === sha256);
  return model === undefined ? `${sha256.slice(0, 12)} (before)` : model.aliases.join(", ");
}

/** Whether a model holds the alias `champion`. */
export function isChampion({ models }: SymbolQuality, sha256: string): boolean {
  return models.some((model) => model.sha256 === sha256 && model.aliases.includes("champion"));
}

/** The champion's figures in a window, with the label that they are under; `undefined` where it has none. */
export function championFigures(
  { quality }: SymbolWeek,
  name: WindowName,
): { readonly label: LabelQuality; readonly series: SeriesQuality } | undefined {
  if (quality === null) return undefined;
  for (const label of quality.windows.find((window) => window.name === name)?.labels ?? []) {
    const series = label.series.find(({ sha256 }) => isChampion(quality, sha256));
    if (series !== undefined) return { label, series };
  }
  return undefined;
}

/** Family of the model that holds the alias `reference`; `null` without one. */
export function referenceFamily({ quality }: SymbolWeek): string | null {
  return quality?.models.find(({ aliases }) => aliases.includes("reference"))?.family ?? null;
}

/** What the champion gains over its reference in a window; `undefined` where the two are not compared. */
export function championGain({ quality }: SymbolWeek, name: WindowName): PairQuality | undefined {
  const pairs = quality?.windows.find((window) => window.name === name)?.pairs ?? [];
  return pairs.find(({ reference }) => modelName(quality!, reference).split(", ").includes("reference"));
}
