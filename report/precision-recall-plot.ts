// Precision–recall curves of all families in one plot, as steps: joining the points by straight lines would flatter.
import type { FamilyCurves, FamilyReport, RunReport } from "../trainer/run/run-report.ts";
import { decimals } from "./figure-text.ts";
import { markerAt, type FamilyLook } from "../trainer/report/family-look.ts";
import { html, type Content, type Markup } from "./html.ts";
import type { Scale } from "./linear-scale.ts";
import { plotFrame } from "./plot-frame.ts";

type Points = FamilyCurves["precisionRecall"];

/** Families without curves are left out; the dashed line is the base rate, which a constant score reaches. */
export function precisionRecallPlot(
  report: Pick<RunReport, "families" | "test" | "chosen">,
  looks: ReadonlyMap<string, FamilyLook>,
): Markup {
  const drawn = report.families.filter(({ curves }) => curves !== null && curves.precisionRecall.length > 0);
  const base = report.test.baseRate;
  const judged = report.chosen.refitted;
  return plotFrame(
    {
      id: "precision-recall",
      title: "Precision–recall curves",
      description: `${drawn.map(familyWords).join("; ")}. Base rate ${decimals(base, 4)}.`,
      width: 440,
      height: 350,
      margin: { top: 12, right: 14, bottom: 40, left: 46 },
      x: { label: "Recall: share of spikes caught", from: 0, to: 1, ticks: 5 },
      y: { label: "Precision: share of alerts that were spikes", from: 0, to: 1, ticks: 5 },
    },
    (x, y) => [
      Number.isFinite(base)
        ? html`<path class="reference" d="M${x(0)} ${y(base)}H${x(1)}" /><text
              class="reference-text"
              x="${x(1) - 4}"
              y="${y(base) + 13}"
              text-anchor="end"
              >base rate ${decimals(base, 3)}</text
            >`
        : null,
      chosenLast(drawn, judged).map(({ family, curves }, i) => {
        const look = looks.get(family)!;
        const chosen = family === judged;
        return curve(curves!.precisionRecall, look, chosen, i, x, y);
      }),
    ],
  );
}

/**
 * The steps whose area is average precision: over recall (R_{k−1}, R_k] stands precision P_k.
 * stepPath([{ recall: 0.5, precision: 1 }, { recall: 1, precision: 0.4 }]) on unit scales is `M0 1H0.5V0.4H1`.
 */
export function stepPath(points: Points, x: Scale, y: Scale): string {
  return points
    .map(({ recall, precision }, i) =>
      i === 0 ? `M${x(0)} ${y(precision)}H${x(recall)}` : `V${y(precision)}H${x(recall)}`,
    )
    .join("");
}

function curve(points: Points, look: FamilyLook, chosen: boolean, index: number, x: Scale, y: Scale): Content {
  const dash = look.dash === "" ? null : html` stroke-dasharray="${look.dash}"`;
  return html`<path
      class="${look.className} curve${chosen ? " chosen" : ""}"
      d="${stepPath(points, x, y)}"
      ${dash}
    />${markers(points, look, index, x, y)} `;
}

/** Three markers a curve, at recalls that differ from curve to curve, so that they do not hide one another. */
function markers(points: Points, look: FamilyLook, index: number, x: Scale, y: Scale): Content {
  return [0.1, 0.4, 0.7].map((start) => {
    const recall = start + 0.033 * (index % 9);
    const point = points.find((candidate) => candidate.recall >= recall);
    return point === undefined ? null : markerAt(look, x(recall), y(point.precision));
  });
}

function chosenLast(families: readonly FamilyReport[], chosen: string): readonly FamilyReport[] {
  return families.toSorted((a, b) => Number(a.family === chosen) - Number(b.family === chosen));
}

function familyWords({ family, figures }: FamilyReport): string {
  return `${family}: area ${decimals(figures?.prAuc?.value ?? null, 3)}`;
}
