// `npm run bench -- recalibration`: what recalibration from a symbol's own labels gains on a year of bars and around a
// change of the market, what it costs, and how often one that is useless would serve.
import { EXIT } from "../command-line/exit-code.ts";
import { option, repeated } from "../command-line/option.ts";
import { text } from "../command-line/value-types.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { LABEL } from "../src/features/label-window.ts";
import { SeededRandom } from "../src/features/seeded-random.ts";
import { GainEvidence } from "../src/recalibration/gain-evidence.ts";
import { logitOf, probabilityOf } from "../src/recalibration/line.ts";
import { Recalibrations } from "../src/recalibration/recalibrations.ts";
import type { ServingChange } from "../src/recalibration/serving-proof.ts";
import { recordingsOperand } from "../command-line/recordings-operand.ts";
import { parseConfig } from "../trainer/run/config.ts";
import { ofRecordings } from "./recalibration-gateway.ts";
import { benchCommand } from "./bench-command.ts";
import { type Calibrated, calibrationOf, type Span } from "./recalibration-figures.ts";
import { type ScoreSeries, scoreSeries } from "./score-series.ts";
import { ofYoungSymbols } from "./young-symbols.ts";

const HOUR_MS = 3_600_000;
/** Months of fewer rows are the first and the last minute. */
const LEAST_ROWS = 1000;
/** What recalibration may not serve on too often. */
const NULL_RUNS = 100;
const NULL_BLOCKS = 300;
const BLOCK_STEPS = 900;

const RECALIBRATION = benchCommand(
  "recalibration",
  `
ECE and Brier skill of raw, recalibrated and served scores: of models fitted on 2018 over the bars of 2019, and of the
models of a simulated market around its change, hour by hour. Then young symbols, with and without what others have
learnt; the cost of a step, the size of the state, and how often a recalibration that is worth nothing begins to serve.
With FILES instead: the champion's calibration month by month, as a running gateway has it after their replay.`,
  {
    model: repeated(text("DIR"), "a folder with a model, as in npm run parity", { otherwise: "the bundled models" }),
    step: option(text("TIME"), "grid step of the gateway, as 1s or 60s", { default: "1s" }),
    label: option(text("JSON"), "label spec, whole or in parts", { default: "{}" }),
  },
  { operands: recordingsOperand("Without them the tables of above", 0) },
);

export const program: Program = {
  command: RECALIBRATION,
  run: async (args) => {
    const { values, operands } = parseCommandLine(RECALIBRATION, args);
    if (operands.length > 0) {
      const { engine } = parseConfig({ step: values.step, label: values.label });
      await ofRecordings(operands, values.model, engine);
      return EXIT.done;
    }
    const bars = await scoreSeries("bars");
    if (bars === undefined) console.log("bars: skipped, ../shared/data/bitmex-1m is not there\n");
    else ofBars(bars);
    ofRegime((await scoreSeries("regime"))!);
    if (bars !== undefined) youngOnBars(bars);
    youngAfterChange((await scoreSeries("regime"))!);
    cost((await scoreSeries("regime"))!);
    falseStarts();
    return EXIT.done;
  },
};

/** A family's scores of a series, three ways. */
interface Pass {
  readonly raw: Float64Array;
  readonly recalibrated: Float32Array;
  readonly served: Float32Array;
  readonly changes: readonly ServingChange[];
  readonly stateBytes: number;
  readonly nsPerStep: number;
}

function passOf({ step, label, stepMs, horizonSteps, probability }: ScoreSeries, family: string): Pass {
  const raw = probability[family]!;
  const labels = new Map<number, number>();
  step.forEach((index, k) => labels.set(index + horizonSteps, label[k] === 1 ? LABEL.spike : LABEL.calm));
  const all = Recalibrations.load(stepMs, new Map());
  all.use([{ sha256: family, labelText: "label", horizonSteps, spec: 0 }]);
  const one = all.of(family)!;
  const [recalibrated, served] = [new Float32Array(raw.length), new Float32Array(raw.length)];
  const before = process.cpuUsage();
  let k = 0;
  for (let index = step[0]!; k < step.length; index++) {
    all.advance({ index, segmentStart: false, labels: [labels.get(index) ?? LABEL.none] });
    if (step[k] !== index) continue;
    const answer = one.answer(raw[k]!, true);
    one.park(index, raw[k]!, answer);
    recalibrated[k] = answer.candidate;
    served[k] = answer.served;
    k += 1;
  }
  const nsPerStep = (process.cpuUsage(before).user * 1000) / (step.at(-1)! - step[0]!);
  const stateBytes = all.dirtyPages().reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  return { raw, recalibrated, served, changes: one.proof.journal, stateBytes, nsPerStep };
}

const KINDS = ["raw", "recalibrated", "served"] as const;

function ofBars(series: ScoreSeries): void {
  console.log(`bars of 2019, models of 2018: ${series.step.length} rows, begun without a history`);
  console.log("family       scores         ECE     worst month  Brier skill  serves from");
  const months = monthsOf(series);
  let gbdt: Pass | undefined;
  for (const family of Object.keys(series.probability)) {
    const pass = passOf(series, family);
    if (family === "gbdt") gbdt = pass;
    for (const kind of KINDS) {
      const whole = calibrationOf(pass[kind], series.label);
      const worst = Math.max(...months.map((span) => calibrationOf(pass[kind], series.label, span).ece));
      const from = kind === "served" ? changesText(series, pass, 0) : "";
      console.log(
        `${family.padEnd(12)} ${kind.padEnd(13)} ${figure(whole.ece)}  ${figure(worst)}       ${figure(whole.skill)}      ${from}`,
      );
    }
  }
  if (gbdt === undefined) return;
  console.log("\ngbdt month by month    ECE: raw  recalibrated  served    Brier skill: raw  recalibrated  served");
  for (const span of months) {
    const [raw, recalibrated, served] = KINDS.map((kind) => calibrationOf(gbdt[kind], series.label, span));
    const month = new Date(series.step[span.from]! * series.stepMs).toISOString().slice(0, 7);
    console.log(`${month}                ${lineOf([raw!, recalibrated!, served!])}`);
  }
  console.log("");
}

function ofRegime(series: ScoreSeries): void {
  const { step, stepMs, changeMs, label } = series;
  const at = step.findIndex((index) => index * stepMs >= changeMs);
  const spanOf = (fromHour: number, toHour: number): Span => {
    const place = (hour: number) => step.findIndex((index) => index * stepMs >= changeMs + hour * HOUR_MS);
    const to = place(toHour);
    return { from: fromHour === 0 ? at : Math.max(place(fromHour), 0), to: to < 0 ? step.length : to };
  };
  for (const family of Object.keys(series.probability)) {
    const pass = passOf(series, family);
    console.log(`simulated market, ${family}, hours after its change; ${changesText(series, pass, changeMs)}`);
    console.log("hours           ECE: raw  recalibrated  served    Brier skill: raw  recalibrated  served");
    const hours = [-24, 0, 1, 2, 3, 4, 5, 6, 8, 12, 24, 48, 120];
    hours.slice(1).forEach((toHour, i) => {
      const span = spanOf(hours[i]!, toHour);
      const figures = KINDS.map((kind) => calibrationOf(pass[kind], label, span));
      console.log(`${`${hours[i]} to ${toHour}`.padEnd(12)}        ${lineOf(figures)}`);
    });
    console.log("");
  }
}

/** Symbols that begin in July, then one each week, where others have learnt since the year began. */
function youngOnBars(series: ScoreSeries): void {
  const learnFromMs = Date.UTC(2019, 0, 1);
  const weekMs = 7 * 24 * HOUR_MS;
  const days = [0.25, 1, 3, 7, 14];
  const families = ["har", "logistic", "gbdt"];
  console.log("young symbols of the bars, begun on 1 July");
  ofYoungSymbols(series, families, { learnFromMs, startsMs: [Date.UTC(2019, 6, 1)], days });
  console.log("young symbols of the bars, one begun each week from the third on");
  const startsMs = Array.from({ length: 48 }, (_, week) => learnFromMs + (week + 2) * weekMs);
  ofYoungSymbols(series, families, { learnFromMs, startsMs, days });
}

/** Others have learnt after the change for 12 hours and longer; then others that learnt before it alone. */
function youngAfterChange(series: ScoreSeries): void {
  const { changeMs } = series;
  const days = [1 / 24, 2 / 24, 4 / 24, 8 / 24, 1];
  const families = ["persistence", "har", "logistic"];
  console.log("young symbols of the simulated market after its change, one begun every 4 hours");
  const startsMs = Array.from({ length: 24 }, (_, n) => changeMs + (12 + 4 * n) * HOUR_MS);
  ofYoungSymbols(series, families, { learnFromMs: changeMs, startsMs, days });
  console.log("a young symbol begun at the change, with a prior of before it: a wrong one");
  ofYoungSymbols(series, families, { learnFromMs: changeMs - 48 * HOUR_MS, startsMs: [changeMs], days });
}

function cost(series: ScoreSeries): void {
  const { nsPerStep, stateBytes } = passOf(series, "har");
  console.log(
    `cost: ${nsPerStep.toFixed(0)} ns a step and model of 1 s, fits included; ${stateBytes} bytes of pages for one model\n`,
  );
}

/** Recalibrations that are as wrong as the raw scores, the other way round: their gain is 0 on the whole. */
function falseStarts(): void {
  console.log(
    `useless recalibrations, ${NULL_RUNS} runs of ${NULL_BLOCKS} blocks of ${BLOCK_STEPS} rows: share that served`,
  );
  for (const shift of [0.1, 0.5]) {
    let [started, early] = [0, 0];
    for (let run = 0; run < NULL_RUNS; run++) {
      const block = firstFalseStart(shift, run);
      if (block < NULL_BLOCKS) started += 1;
      if (block < 100) early += 1;
    }
    const bound = (n: number) => `${(5 * (1 + n / 1000)).toFixed(1)} %`;
    console.log(
      `log-odds wrong by ${shift}: within 100 blocks ${((100 * early) / NULL_RUNS).toFixed(1)} % (bound ${bound(100)}), ` +
        `within ${NULL_BLOCKS} ${((100 * started) / NULL_RUNS).toFixed(1)} % (bound ${bound(NULL_BLOCKS)})`,
    );
  }
}

/** The truth of each row lies where both have the same expected squared error. */
function firstFalseStart(shift: number, run: number): number {
  const random = new SeededRandom(`${shift}:${run}`);
  const evidence = new GainEvidence(1, BLOCK_STEPS);
  for (let block = 0; block < NULL_BLOCKS; block++) {
    for (let n = 0; n < BLOCK_STEPS; n++) {
      const z = logitOf(0.1) + 2 * (random.uniform() - 0.5);
      const [raw, other] = [probabilityOf(z - shift), probabilityOf(z + shift)];
      const label = random.uniform() < (raw + other) / 2 ? 1 : 0;
      const gain = (raw - label) * (raw - label) - (other - label) * (other - label);
      const bound = Math.abs(raw - other) * Math.max(raw + other, 2 - raw - other);
      evidence.add({ index: block * BLOCK_STEPS + n, gain, bound, variance: raw * (1 - raw) });
    }
    evidence.endBlock();
    if (evidence.value >= 20) return block;
  }
  return Infinity;
}

function changesText({ step, stepMs }: ScoreSeries, { changes }: Pass, fromMs: number): string {
  if (changes.length === 0) return "never";
  const zero = fromMs === 0 ? step[0]! * stepMs : fromMs;
  return changes
    .map(({ step: at, to }) => `${to} ${fromMs === 0 ? "day" : "hour"} ${since(at * stepMs - zero, fromMs)}`)
    .join(", ");
}

function since(ms: number, fromMs: number): string {
  return (ms / (fromMs === 0 ? 24 * HOUR_MS : HOUR_MS)).toFixed(1);
}

function monthsOf({ step, stepMs }: ScoreSeries): Span[] {
  const spans: Span[] = [];
  let from = 0;
  for (let k = 1; k <= step.length; k++) {
    const isEnd = k === step.length || monthOf(step[k]! * stepMs) !== monthOf(step[from]! * stepMs);
    if (!isEnd) continue;
    if (k - from >= LEAST_ROWS) spans.push({ from, to: k });
    from = k;
  }
  return spans;
}

function monthOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 7);
}

function lineOf(figures: readonly Calibrated[]): string {
  const eces = figures.map(({ ece }) => figure(ece).padEnd(10)).join(" ");
  return `${eces}            ${figures.map(({ skill }) => figure(skill).padEnd(10)).join(" ")}`;
}

function figure(value: number): string {
  return value.toFixed(4).padStart(7);
}
