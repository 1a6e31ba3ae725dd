// Whether a recording can be trained on, and the command that does it.
import { gridConfig } from "../../src/features/event-grid.ts";
import { defaultLabelOn } from "../../src/features/label-on-grid.ts";
import type { Inspection } from "./file-inspector.ts";
import type { SymbolFigures } from "./symbol-figures.ts";

/** Steps of the grid that are offered for ticks, the first that most pairs of ticks fit. */
const STEPS_S = [1, 5, 10, 30, 60, 300, 900, 3600];
/** Steps of a minute or more have labels of one step: the high and low of the next bar. */
const BAR_STEP_S = 60;
const BAR_LABEL = `'{"measure":"parkinson","horizonSteps":1,"windowSteps":1440}'`;

/** In words, and as `npm run train -- …` where there is something to train on. */
export function trainingAdvice({ symbols, tally, path }: Inspection, given: readonly string[]): string {
  const [first] = symbols.values();
  if (first === undefined) return "no: there is no tick in it";
  const stepS = tally.barMs === undefined ? stepOf(first) : tally.barMs / 1000;
  if (stepS > 3600) return `no: its steps of ${stepS} s are longer than 3600 s`;
  const onMid = first.trades === 0 && first.quotes > 0;
  const steps = Math.floor((first.lastMs - first.firstMs) / 1000 / stepS);
  const { minCount, horizonSteps } = defaultLabelOn(gridConfig(stepS * 1000));
  const least = stepS >= BAR_STEP_S ? minCount + 2 : minCount + 2 * horizonSteps;
  const options = [
    ...(stepS === 1 ? [] : [`--step ${stepS}s`]),
    ...(onMid ? ["--source mid"] : []),
    ...(stepS >= BAR_STEP_S ? [`--label ${BAR_LABEL}`] : []),
  ];
  const command = ["npm run train --", quoted(fileOf(path)), ...given.map(quoted), ...options].join(" ");
  const why = onMid ? "; it has quotes alone, whose price is the mid" : "";
  if (steps < least) {
    const text = `${steps.toLocaleString("en-US")} steps of ${stepS} s`;
    return `too short alone: ${text}, and the first label needs ${least.toLocaleString("en-US")}; with more: ${command}${why}`;
  }
  return `yes: ${command}${why}`;
}

function stepOf(figures: SymbolFigures): number {
  const usual = figures.upperQuartileMs / 1000;
  return STEPS_S.find((step) => usual <= step) ?? STEPS_S.at(-1)!;
}

/** A zip is given as a whole. */
function fileOf(path: string): string {
  return /^.*?\.zip(?=\/)/i.exec(path)?.[0] ?? path;
}

function quoted(path: string): string {
  return /^[\w./:=@,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
