// A symbol's last probabilities against the threshold, as a small drawing in a row of the market.
import { setAttribute, svgElement } from "../../dom/element.ts";
import type { OverviewRow } from "../../gateway/answers.ts";
import { sparkPath } from "./spark-path.ts";

const WIDTH = 96;
const HEIGHT = 26;

export interface SparkLine {
  readonly element: SVGElement;
  show(row: OverviewRow, isAlerting: boolean): void;
}

export function sparkLine(): SparkLine {
  const line = svgElement("path", { class: "spark-line" });
  const area = svgElement("path", { class: "spark-area" });
  const threshold = svgElement("path", { class: "spark-threshold" });
  const drawing = svgElement(
    "svg",
    { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": true },
    area,
    threshold,
    line,
  );
  return {
    element: drawing,
    show(row, isAlerting) {
      const drawn = sparkPath(row.recent, row.threshold, WIDTH, HEIGHT);
      setAttribute(line, "d", drawn.line);
      setAttribute(area, "d", drawn.area);
      setAttribute(threshold, "d", drawn.threshold);
      drawing.classList.toggle("is-alert", isAlerting);
    },
  };
}
