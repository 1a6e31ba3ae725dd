// One symbol in the weekly report: its models over a day and thirty, and how far its inputs moved.
import type { SymbolQuality } from "../../durable/symbol/evaluation/symbol-quality.ts";
import type { LabelQuality, SeriesQuality, WindowName, WindowQuality } from "../../quality/window-quality.ts";
import {
  counted,
  countText,
  decimals,
  intervalText,
  MISSING,
  signedDecimals,
  signedIntervalText,
  utcMinuteText,
} from "../../../report/figure-text.ts";
import { html, type Content, type Markup } from "../../../report/html.ts";
import { stacked, table } from "../../../report/table.ts";
import { missingComparison, missingFigures } from "../../words/missing-words.ts";
import { isChampion, modelName } from "./champion-figures.ts";
import { driftPart } from "./drift-part.ts";
import { gainWords } from "./gain-words.ts";
import { labelPlots } from "./label-plots.ts";
import { volatilityPart } from "./volatility-part.ts";
import type { SymbolWeek } from "./symbol-week.ts";

const WINDOW_TITLES: Readonly<Record<WindowName, string>> = {
  "1h": "Last hour",
  "24h": "Last 24 hours",
  "30d": "Last 30 days",
};

/** The whole part of a symbol. */
export function symbolPart({ symbol, quality, drift, missing }: SymbolWeek): Content {
  return [
    missing.map((words) => html`<p class="empty">No figures: ${words}.</p>`),
    quality === null ? null : quality.windows.map((window) => windowPart(quality, window, anchorOf(symbol))),
    drift === null ? null : driftPart(drift, anchorOf(symbol)),
  ];
}

/** Unique in the page. Symbols have no letters that an id may not have. */
export function anchorOf(symbol: string): string {
  return `symbol-${symbol}`;
}

function windowPart(quality: SymbolQuality, window: WindowQuality, id: string): Markup {
  const { labels, name } = window;
  return html`<h3>${WINDOW_TITLES[name]}</h3>
    ${
      labels.length === 0
        ? html`<p class="empty">No step was scored.</p>`
        : [
            labels.map((label, i) => labelPart(quality, window, label, `${id}-${name}-${i + 1}`)),
            gainsTable(quality, window),
            volatilityPart(quality, name),
          ]
    }`;
}

function gainsTable(quality: SymbolQuality, { pairs }: WindowQuality): Markup {
  return table({
    className: "compact",
    caption: "Paired gains on the same blocks, with 95 % intervals; above 0 the first is better.",
    columns: [
      { head: "Compared" },
      { head: "Brier gain", numeric: true },
      { head: "PR-AUC gain", numeric: true },
      { head: "Blocks", numeric: true },
      { head: "Shown by the Brier gain", sentences: true },
    ],
    rows: pairs.map((pair) => [
      `${modelName(quality, pair.model)} over ${modelName(quality, pair.reference)}`,
      stacked(signedDecimals(pair.brierGain?.value ?? null, 4), signedIntervalText(pair.brierGain, 4)),
      stacked(signedDecimals(pair.prAucGain?.value ?? null, 3), signedIntervalText(pair.prAucGain, 3)),
      countText(pair.blocks),
      missingComparison(pair)?.replace(/^\w+: /, "") ?? gainWords(pair.brierGain, pair.blocks),
    ]),
    nothing: "Nothing to compare.",
  });
}

function labelPart(quality: SymbolQuality, window: WindowQuality, label: LabelQuality, id: string): Content {
  const { resolved, positives, episodes, blocks, pending, voids, tauBps } = label;
  const from = `${utcMinuteText(window.fromMs)} to ${utcMinuteText(window.toMs)}`;
  const stands = `${counted(resolved, "resolved step")}, ${counted(positives, "spike")} in ${counted(episodes, "episode")}, ${counted(blocks, "block")}; ${countText(pending)} pending, ${countText(voids)} void; mean threshold ${decimals(tauBps, 2)} bps`;
  const columns = ["PR-AUC", "Lift", "Brier", "ECE", "Precision, recall", "Spikes − expected"];
  const reasons = label.series.flatMap((series) =>
    missingFigures(label, series).map((words) => `${modelName(quality, series.sha256)}: ${words}`),
  );
  return [
    table({
      caption: `${from}. ${stands}. Label: ${label.labelText}.`,
      columns: [{ head: "Model" }, ...columns.map((head) => ({ head, numeric: true }))],
      rows: label.series.map((series) => seriesCells(quality, series)),
    }),
    labelPlots(quality, label, id),
    reasons.length === 0
      ? null
      : html`<ul class="empty">
          ${[...new Set(reasons)].map((words) => html`<li>${words}</li>`)}
        </ul>`,
  ];
}

function seriesCells(quality: SymbolQuality, series: SeriesQuality): Content[] {
  const figure = (name: "prAuc" | "lift" | "brier" | "ece", digits: number): Markup =>
    stacked(decimals(series[name]?.value ?? null, digits), intervalText(series[name], digits));
  const { tp, fp, fn } = series.confusion;
  const gap = series.realisedMinusExpected.baseRate;
  const name = modelName(quality, series.sha256);
  return [
    stacked(
      isChampion(quality, series.sha256) ? html`<b>${name}</b>` : name,
      quality.models.find(({ sha256 }) => sha256 === series.sha256)?.version ?? MISSING,
    ),
    figure("prAuc", 3),
    figure("lift", 2),
    figure("brier", 4),
    figure("ece", 3),
    stacked(
      `${decimals(series.precision, 2)}, ${decimals(series.recall, 2)}`,
      `${countText(tp)} hit, ${countText(fp)} false, ${countText(fn)} missed`,
    ),
    stacked(signedDecimals(gap?.value ?? null, 3), signedIntervalText(gap, 3)),
  ];
}
