// The e value over the blocks that it grew with, on a logarithmic scale, against the value that promotes.
import type { ViewContext } from "../../app/view.ts";
import { LineChart } from "../../charts/line-chart.ts";
import { formatCount, UNKNOWN } from "../../format/number-format.ts";
import { type Comparison, evidenceText } from "./experiment-answer.ts";

const HEIGHT_PX = 260;

export class EvidenceChart {
  readonly element: HTMLElement;
  readonly #chart: LineChart;

  /** @param needed the e value that promotes. */
  constructor({ theme }: ViewContext, needed: number) {
    this.#chart = new LineChart({
      title: "Evidence for the challenger",
      words: "log scale; above 1 for the challenger, below for the champion",
      theme,
      x: { kind: "number", label: "Blocks of 900 steps", format: formatCount },
      // Logarithms on a plain axis: an e value may be larger than the largest number.
      y: { format: powerText, includes: [-0.3, 1.15 * Math.log10(needed)] },
      series: [
        {
          label: "e value",
          colour: "--hue-0",
          format: (value) => (value === null ? UNKNOWN : powerText(value)),
          stepped: true,
          widthPx: 2,
        },
      ],
      levels: [
        { value: Math.log10(needed), label: `${needed} promotes`, colour: "--hue-1" },
        { value: 0, label: "1: no evidence", colour: "--muted" },
      ],
      heightPx: HEIGHT_PX,
    });
    this.element = this.#chart.element;
  }

  show({ pooled }: Comparison): void {
    const { path, needs, episodes, blocks } = pooled;
    this.#chart.setData([path.map((point) => point.blocks), path.map(({ log_e: logE }) => logE / Math.LN10)]);
    this.#chart.setWords(`${formatCount(blocks)} blocks, ${formatCount(episodes)} episodes; log scale`);
    this.#chart.setDescription(
      `After ${blocks} blocks with ${episodes} episodes it is ${evidenceText(pooled.log_e)}; ${needs.e_value} promotes.`,
    );
  }

  close(): void {
    this.#chart.close();
  }
}

/** Of a power of ten: 1.3 is "20". */
function powerText(power: number): string {
  return evidenceText(power * Math.LN10);
}
