// PR-AUC fold after fold: the family given as chosen and the reference with intervals, the others as hollow
// markers, each fold's base rate as a bar.
import type { Figure } from "../../src/model/manifest-evaluation.ts";
import type { FoldReport } from "../run/run-report.ts";
import { counted, decimals, intervalText, utcText } from "../../report/figure-text.ts";
import { finiteFigure } from "../../src/quality/finite-figure.ts";
import { markerAt, type SeriesLook } from "../../report/series-look.ts";
import { html, type Content, type Markup } from "../../report/html.ts";
import { niceEnd, type Scale } from "../../report/linear-scale.ts";
import { plotFrame } from "../../report/plot-frame.ts";

const SLOT = 62;
const MARGIN = { top: 14, right: 12, bottom: 72, left: 46 };
/** A lone fold or two do not need the whole slot's width, but the axis needs some room. */
const MIN_SLOTS = 6;

/** Folds in the order given, side by side; a fold without figures keeps its place, with the words "no figures". */
export function walkForwardPlot(
  folds: readonly FoldReport[],
  reference: string,
  looks: ReadonlyMap<string, SeriesLook>,
): Markup {
  const highest = Math.max(0, ...folds.flatMap((fold) => drawnValues(fold, reference)).filter(Number.isFinite));
  const slots = Math.max(MIN_SLOTS, folds.length);
  return plotFrame(
    {
      id: "walk-forward",
      title: "PR-AUC per fold, in time",
      description: folds.map(foldWords).join("; "),
      width: MARGIN.left + slots * SLOT + MARGIN.right,
      height: 340,
      margin: MARGIN,
      x: { label: "Test block: number, first test row (UTC), episodes", from: 0, to: slots, ticks: 0 },
      y: { label: "PR-AUC", from: 0, to: Math.min(1, niceEnd(highest)), ticks: 5 },
      fixed: true,
    },
    (x, y) =>
      folds.map((fold, i) => {
        const slot = i + (slots - folds.length) / 2;
        return [foldLabel(fold, i + 1, x(slot + 0.5), y(0)), foldMarks(fold, { slot, reference, looks }, x, y)];
      }),
  );
}

interface FoldPlace {
  readonly slot: number;
  readonly reference: string;
  readonly looks: ReadonlyMap<string, SeriesLook>;
}

function foldMarks(fold: FoldReport, { slot, reference, looks }: FoldPlace, x: Scale, y: Scale): Content {
  const baseRate = fold.test.baseRate;
  const marked = new Set([fold.chosen, reference]);
  const others = Object.entries(fold.prAuc).filter(([family, figure]) => finiteFigure(figure) && !marked.has(family));
  const [chosen, baseline] = [finiteFigure(fold.prAuc[fold.chosen]), finiteFigure(fold.prAuc[reference])];
  const none = chosen === null && baseline === null && others.length === 0;
  return [
    Number.isFinite(baseRate)
      ? html`<path class="base-bar" d="M${x(slot + 0.08)} ${y(baseRate)}H${x(slot + 0.92)}" />`
      : null,
    others.map(([family, figure], k) =>
      markerAt(looks.get(family)!, x(slot + 0.6 + (0.3 * (k % 3)) / 2), y(figure!.value), true),
    ),
    baseline === null || fold.chosen === reference ? null : whisker(baseline, looks.get(reference)!, x(slot + 0.44), y),
    chosen === null ? null : whisker(chosen, looks.get(fold.chosen)!, x(slot + 0.22), y, "chosen"),
    none
      ? html`<text class="small label" x="${x(slot + 0.5)}" y="${y(0) - 8}" text-anchor="middle">no figures</text>`
      : null,
  ];
}

/** A figure with its interval as an upright line. */
function whisker(figure: Figure, look: SeriesLook, at: number, y: Scale, className = ""): Markup {
  return html`<path
      class="${look.className} whisker ${className}"
      d="M${at} ${y(figure.low)}V${y(figure.high)}"
    />${markerAt(look, at, y(figure.value))}`;
}

function foldLabel(fold: FoldReport, number: number, at: number, axis: number): Markup {
  const [date = "", time = ""] = utcText(fold.testFromMs).split(" ");
  const lines = [String(number), date.slice(5), time.slice(0, 5), `${fold.test.episodes} ep.`];
  return html`${lines.map((line, k) => html`<text class="${k === 0 ? "" : "small"}" x="${at}" y="${axis + 15 + 12 * k}" text-anchor="middle">${line}</text>`)}`;
}

/** What the axis must reach: intervals where they are drawn, figures where they are not. */
function drawnValues({ chosen, prAuc, test }: FoldReport, reference: string): number[] {
  const ends = [prAuc[chosen], prAuc[reference]].map((figure) => finiteFigure(figure)?.high ?? 0);
  return [test.baseRate, ...ends, ...Object.values(prAuc).map((figure) => figure?.value ?? 0)];
}

function foldWords(fold: FoldReport, i: number): string {
  const chosen = fold.prAuc[fold.chosen] ?? null;
  const figure = chosen === null ? "no figure" : `${decimals(chosen.value, 3)} ${intervalText(chosen, 3)}`;
  return `Fold ${i + 1}, ${counted(fold.test.episodes, "episode")}, base rate ${decimals(fold.test.baseRate, 3)}: ${fold.chosen} ${figure}`;
}
