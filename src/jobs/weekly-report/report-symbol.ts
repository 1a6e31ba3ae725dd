// One symbol in the weekly report: its models over a day and thirty, and how far its inputs moved.
import { html } from "hono/html";
import type { SymbolQuality } from "../../durable/symbol/evaluation/symbol-quality.ts";
import type { SymbolWeek } from "./weekly-report.ts";
import { missingComparison, missingFigures } from "../../http/missing-words.ts";
import { driftPart } from "./report-drift.ts";
import { intervalPlot } from "./report-plots.ts";
import { type Markup, reportTable, stacked } from "./report-table.ts";
import { counted, countText, decimals, gainWords, intervalText, MISSING, signed, utcText } from "./report-text.ts";

type Window = SymbolQuality["windows"][number];
type Label = Window["labels"][number];
type Series = Label["series"][number];

const WINDOW_NAMES: Readonly<Record<Window["name"], string>> = {
  "1h": "Last hour",
  "24h": "Last 24 hours",
  "30d": "Last 30 days",
};

/** The symbol's whole section. */
export function symbolSection(week: SymbolWeek): Markup {
  const { symbol, quality, drift, missing } = week;
  return html`<section id="${anchorOf(symbol)}">
    <h2>${symbol}</h2>
    ${missing.map((words) => html`<p class="empty">No figures: ${words}.</p>`)}
    ${quality === null ? "" : quality.windows.map((window) => windowTables(quality, window))}
    ${drift === null ? "" : driftPart(drift)}
  </section>`;
}

/** Unique in the page. Symbols have no letters that an id may not have. */
export function anchorOf(symbol: string): string {
  return `symbol-${symbol}`;
}

/** Aliases of a model, or the first digits of its SHA-256 where it holds none any more. */
export function modelName({ models }: SymbolQuality, sha256: string): string {
  const model = models.find((one) => one.sha256 === sha256);
  return model === undefined ? `${sha256.slice(0, 12)} (before)` : model.aliases.join(", ");
}

function windowTables(quality: SymbolQuality, window: Window): Markup {
  const tables = window.labels.map((label) => labelTable(quality, window, label));
  const gains = reportTable(
    "Paired gains on the same blocks, with 95 % intervals; above 0 the first is better.",
    [
      { head: "Compared" },
      { head: "Brier gain", kind: "number" },
      { head: "PR-AUC gain", kind: "number" },
      { head: "Blocks", kind: "number" },
      { head: "Shown by Brier gain", kind: "words" },
    ],
    window.pairs.map((pair) => ({
      cells: [
        `${modelName(quality, pair.model)} over ${modelName(quality, pair.reference)}`,
        stacked(signed(pair.brierGain?.value ?? null), intervalText(pair.brierGain, signed)),
        stacked(
          signed(pair.prAucGain?.value ?? null, 3),
          intervalText(pair.prAucGain, (x) => signed(x, 3)),
        ),
        countText(pair.blocks),
        missingComparison(pair)?.replace(/^\w+: /, "") ?? gainWords(pair.brierGain, pair.blocks),
      ],
    })),
    "Nothing to compare.",
  );
  return html`<h3>${WINDOW_NAMES[window.name]}</h3>
    ${tables.length === 0 ? html`<p class="empty">No step was scored.</p>` : tables} ${tables.length === 0 ? "" : gains}`;
}

function labelTable(quality: SymbolQuality, window: Window, label: Label): Markup {
  const { resolved, positives, episodes, blocks, pending, voids, tauBps } = label;
  const from = `${utcText(window.fromMs)} to ${utcText(window.toMs)}`;
  const stands = `${counted(resolved, "resolved step")}, ${counted(positives, "spike")} in ${counted(episodes, "episode")}, ${counted(blocks, "block")}; ${countText(pending)} pending, ${countText(voids)} void; mean threshold ${decimals(tauBps, 2)} bps`;
  const columns = ["PR-AUC", "Lift", "Brier", "ECE", "Precision, recall", "Spikes − expected"];
  const lines = label.series.flatMap((series) =>
    series.prAuc === null
      ? []
      : [{ name: modelName(quality, series.sha256), figure: series.prAuc, champion: isChampion(quality, series) }],
  );
  const reasons = label.series.flatMap((series) =>
    missingFigures(label, series).map((words) => `${modelName(quality, series.sha256)}: ${words}`),
  );
  return html`${reportTable(
    `${from}. ${stands}. Label: ${label.labelText}.`,
    [{ head: "Model" }, ...columns.map((head) => ({ head, kind: "number" as const }))],
    label.series.map((series) => ({ champion: isChampion(quality, series), cells: seriesCells(quality, series) })),
  )}
  ${intervalPlot(`PR-AUC with 95 % intervals, ${counted(episodes, "episode")}`, lines, resolved > 0 ? positives / resolved : null)}
  ${
    reasons.length === 0
      ? ""
      : html`<ul class="empty">
          ${[...new Set(reasons)].map((words) => html`<li>${words}</li>`)}
        </ul>`
  }`;
}

function seriesCells(quality: SymbolQuality, series: Series): Markup[] {
  const figure = (name: "prAuc" | "lift" | "brier" | "ece", digits: number): Markup =>
    stacked(
      decimals(series[name]?.value ?? null, digits),
      intervalText(series[name], (x) => decimals(x, digits)),
    );
  const { tp, fp, fn } = series.confusion;
  const gap = series.realisedMinusExpected.baseRate;
  return [
    stacked(
      modelName(quality, series.sha256),
      quality.models.find((m) => m.sha256 === series.sha256)?.version ?? MISSING,
    ),
    figure("prAuc", 3),
    figure("lift", 2),
    figure("brier", 4),
    figure("ece", 3),
    stacked(
      `${decimals(series.precision, 2)}, ${decimals(series.recall, 2)}`,
      `${countText(tp)} hit, ${countText(fp)} false, ${countText(fn)} missed`,
    ),
    stacked(
      signed(gap?.value ?? null, 3),
      intervalText(gap, (x) => signed(x, 3)),
    ),
  ];
}

function isChampion({ models }: SymbolQuality, { sha256 }: Series): boolean {
  return models.some((model) => model.sha256 === sha256 && model.aliases.includes("champion"));
}
