// The tested family on each symbol, and what a mean over the symbols would be beside the figures over all rows.
import type { Figure } from "../../src/model/manifest-evaluation.ts";
import type { SymbolReport } from "../evaluate/symbol-figures.ts";
import type { RunReport } from "../run/run-report.ts";
import {
  countText,
  decimals,
  intervalText,
  MISSING,
  signedDecimals,
  signedIntervalText,
} from "../../report/figure-text.ts";
import { html, type Content } from "../../report/html.ts";
import { stacked, table } from "../../report/table.ts";

/** One row a symbol; says so where there is only one. */
export function symbolsSection({ perSymbol, test, families, reference }: RunReport): Content {
  const { family, symbols, means } = perSymbol;
  if (symbols.length === 0) return html`<p class="empty">The test rows are of one symbol.</p>`;
  const pooled = families.find((one) => one.family === family)?.figures ?? null;
  const numbers = [
    "Rows",
    "Episodes",
    "Base rate",
    "PR-AUC",
    "Brier skill",
    "ECE",
    `Brier gain over ${reference.family}`,
  ];
  return table({
    caption: html`<b>${family}</b> on each symbol’s own test rows, with 95 % intervals. Every other figure of this page
      is over all rows together: there a symbol with more rows counts more. Episodes over all symbols are not their sum,
      because markets move together.`,
    columns: [{ head: "Symbol" }, ...numbers.map((head) => ({ head, numeric: true }))],
    rows: [
      ...symbols.map((symbol) => symbolCells(symbol, family === reference.family)),
      [
        html`<b>All rows</b>`,
        countText(test.rows),
        countText(test.episodes),
        decimals(test.baseRate, 4),
        cell(pooled?.prAuc ?? null, 3),
        cell(pooled?.brierSkill ?? null, 3),
        cell(pooled?.ece ?? null, 4),
        MISSING,
      ],
      [
        html`<b>Mean of the symbols</b>`,
        ...[MISSING, MISSING, MISSING],
        meanText(means.prAuc, 3),
        meanText(means.brierSkill, 3),
        meanText(means.ece, 4),
        means.gain === null ? MISSING : signedDecimals(means.gain, 4),
      ],
    ],
  });
}

function symbolCells({ symbol, rows, episodes, baseRate, ...figures }: SymbolReport, isReference: boolean): Content[] {
  const { prAuc, brierSkill, ece, gain } = figures;
  return [
    symbol,
    countText(rows),
    countText(episodes),
    decimals(baseRate, 4),
    cell(prAuc, 3),
    cell(brierSkill, 3),
    cell(ece, 4),
    gain === null
      ? stacked(MISSING, isReference ? "itself" : "too few blocks")
      : stacked(signedDecimals(gain.value, 4), signedIntervalText(gain, 4)),
  ];
}

function cell(figure: Figure | null, digits: number): Content {
  return figure === null
    ? stacked(MISSING, "too few blocks or spikes")
    : stacked(decimals(figure.value, digits), intervalText(figure, digits));
}

function meanText(mean: number | null, digits: number): string {
  return mean === null ? MISSING : decimals(mean, digits);
}
