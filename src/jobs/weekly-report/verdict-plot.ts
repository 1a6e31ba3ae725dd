// Drift verdicts in time: each window's share of drifted features, with its limit.
import type { DriftSummary } from "../../drift/drift-verdict.ts";
import { percentText, utcMinuteText } from "../../../report/figure-text.ts";
import { html, type Content } from "../../../report/html.ts";
import { niceEnd } from "../../../report/linear-scale.ts";
import { plotFrame } from "../../../report/plot-frame.ts";

/** Half the width of a window's limit, in units of the drawing. */
const HALF_LIMIT = 4;

/** @param id unique in the page. Nothing with fewer than two windows. */
export function verdictPlot(marks: readonly DriftSummary[], id: string): Content {
  const [first, last] = [marks[0]?.toMs ?? 0, marks.at(-1)?.toMs ?? 0];
  if (last <= first) return null;
  const highest = Math.max(...marks.flatMap(({ driftedShare, threshold }) => [driftedShare ?? 0, threshold ?? 0]));
  const alarms = marks.filter(({ verdict }) => verdict === "drift").length;
  const margin = { top: 12, right: 16, bottom: 40, left: 52 };
  return plotFrame(
    {
      id,
      title: "Share of drifted features by hour",
      description: `${marks.length} windows, ${alarms} drifted`,
      width: 640,
      height: 210,
      margin,
      x: { label: "End of the window", from: first, to: last, ticks: 0 },
      y: {
        label: "Drifted features",
        from: 0,
        to: Math.min(1, niceEnd(highest, 4)),
        ticks: 4,
        text: (share) => percentText(share, 0),
      },
    },
    (x, y) => [
      marks.map(({ toMs, driftedShare, threshold, verdict }) => {
        const look = verdict === "drift" || verdict === "ok" ? verdict : "unjudged";
        const at = x(toMs);
        return [
          threshold === null
            ? null
            : html`<path class="limit" d="M${at - HALF_LIMIT} ${y(threshold)}H${at + HALF_LIMIT}" />`,
          html`<circle
            class="dot ${look}"
            cx="${at}"
            cy="${y(driftedShare ?? 0)}"
            r="${look === "unjudged" ? 2.5 : 4}"
          />`,
        ];
      }),
      html`<text class="small" x="${x(first)}" y="${y(0) + 16}">${utcMinuteText(first)}</text
        ><text class="small" x="${x(last)}" y="${y(0) + 16}" text-anchor="end">${utcMinuteText(last)}</text>`,
    ],
  );
}
