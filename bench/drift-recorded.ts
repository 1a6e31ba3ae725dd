// Thresholds calibrated on one year of bars against the following year: there an alarm can be real drift or a false
// alarm, and the two cannot be separated.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { persistence } from "../trainer/candidates/persistence.ts";
import { parseConfig } from "../trainer/run/config.ts";
import type { Dataset } from "../trainer/rows/dataset.ts";
import { readRecordings } from "../trainer/rows/read-recordings.ts";
import { alarmRates } from "./alarm-rates.ts";
import { percent } from "./drift-false-alarms.ts";
import { fitted, referenceOf, watched } from "./drift-models.ts";
import { driftVerdicts } from "./drift-verdicts.ts";

const BARS = resolve(import.meta.dirname, "..", "..", "shared", "data", "bitmex-1m");
const LABEL = '{"measure":"parkinson","horizonSteps":1,"windowSteps":1440}';

/** Prints the realised rates per month of 2019 under thresholds of 2018. */
export async function printRecorded(): Promise<void> {
  if (!existsSync(BARS)) {
    console.log(`recorded bars: skipped, ${BARS} is not there`);
    return;
  }
  const training = await year("XBTUSD_1m_2018.csv.gz");
  const test = await year("XBTUSD_1m_2019.csv.gz");
  const model = watched(fitted(persistence, training));
  const reference = referenceOf(training, model, 0.05);
  const verdicts = driftVerdicts(test, model, reference);
  console.log("bitmex-1m, thresholds of 2018 at a stated 5 %, windows of 2019: real drift and false alarms together");
  for (const { name, nullWindows, datasetShare, datasetRatio, reason } of reference.windows) {
    console.log(
      `${name}: ${nullWindows} training windows, ${datasetShare === null ? reason : `limits ${datasetShare.toFixed(3)} and ${datasetRatio!.toFixed(2)}`}`,
    );
  }
  console.log("month     1 h: feature  dataset   fixed 0.1: feature  dataset    24 h: feature  dataset");
  for (let month = 0; month < 12; month++) {
    const from = Date.UTC(2019, month, 1);
    const to = Date.UTC(2019, month + 1, 1);
    const within = verdicts.filter(({ fromMs }) => fromMs >= from && fromMs < to);
    const hours = alarmRates(within, "1h");
    const days = alarmRates(within, "24h");
    const cells = [hours.feature, hours.dataset, hours.tenthFeature, hours.tenthDataset, days.feature, days.dataset];
    const [a, b, c, d, e, f] = cells.map((x) => percent(x).padStart(8));
    console.log(`${new Date(from).toISOString().slice(0, 7)}  ${a}     ${b}   ${c}            ${d}    ${e}       ${f}`);
  }
  console.log();
}

async function year(file: string): Promise<Dataset> {
  const { engine } = parseConfig({ step: "60s", label: LABEL });
  const plan = { files: [join(BARS, file)], symbol: undefined, engine, persist: ".wrangler/state" };
  return (await readRecordings(plan)).data;
}
