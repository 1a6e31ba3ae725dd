// npm run bench:drift [-- PART…] — what drift alarms are worth: their false-alarm rates on a market that does not change,
// how soon they notice one that does, what they say of recorded bars (../shared/data/bitmex-1m), and what the regime
// change of the simulator does to a model. Parts: regime, false-alarms, sensitivity, recorded; all without a name.
import { parseArgs } from "node:util";
import { UsageError } from "../feeds/usage-error.ts";
import { logistic } from "../trainer/candidates/logistic.ts";
import { zscore } from "../trainer/candidates/zscore.ts";
import { benchProgram } from "./bench-program.ts";
import { printFalseAlarms, stationaryTraining } from "./drift-false-alarms.ts";
import { fitted, simulatedDays, watched } from "./drift-models.ts";
import { printRecorded } from "./drift-recorded.ts";
import { printRegime } from "./drift-regime.ts";
import { printSensitivity } from "./drift-sensitivity.ts";

const PARTS = ["regime", "false-alarms", "sensitivity", "recorded"] as const;

await benchProgram("bench:drift", async () => {
  const { positionals } = parseArgs({ allowPositionals: true });
  const unknown = positionals.find((name) => !(PARTS as readonly string[]).includes(name));
  if (unknown !== undefined) throw new UsageError(`PART: got ${unknown}, expected ${PARTS.join(", ")}`);
  const asked = (part: (typeof PARTS)[number]): boolean => positionals.length === 0 || positionals.includes(part);
  if (asked("regime")) printRegime();
  if (asked("false-alarms") || asked("sensitivity")) {
    const labelled = simulatedDays(20, 1);
    const model = watched(fitted(logistic, labelled));
    const training = stationaryTraining();
    if (asked("false-alarms")) printFalseAlarms(model, training);
    if (asked("sensitivity")) printSensitivity([model, watched(fitted(zscore, labelled))], training);
  }
  if (asked("recorded")) await printRecorded();
});
