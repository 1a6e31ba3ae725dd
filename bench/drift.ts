// `npm run bench -- drift`: false-alarm rates and detection delays of the drift alarms.
import { EXIT } from "../command-line/exit-code.ts";
import { oneOf } from "../command-line/value-types.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { logistic } from "../trainer/candidates/logistic.ts";
import { zscore } from "../trainer/candidates/zscore.ts";
import { benchCommand } from "./bench-command.ts";
import { printFalseAlarms, stationaryTraining } from "./drift-false-alarms.ts";
import { fitted, simulatedDays, watched } from "./drift-models.ts";
import { printRecorded } from "./drift-recorded.ts";
import { printRegime } from "./drift-regime.ts";
import { printSymbols } from "./drift-symbols.ts";
import { printVanished } from "./drift-vanished.ts";
import { printSensitivity } from "./drift-sensitivity.ts";

const PARTS = ["regime", "false-alarms", "sensitivity", "symbols", "vanished", "recorded"] as const;

const DRIFT = benchCommand(
  "drift",
  `
The quality of drift alarms: their false-alarm rates on a market that does not change, how soon they detect one that
does, their rates on each of several symbols of which one is unlike the others, on recorded bars
(../shared/data/bitmex-1m), and what the regime change of the simulator does to a model.`,
  {},
  {
    operands: {
      type: oneOf(PARTS, "PART"),
      least: 0,
      most: Infinity,
      help: `any of ${PARTS.join(", ")}; all without one`,
    },
  },
);

export const program: Program = {
  command: DRIFT,
  run: async (args) => {
    const { operands } = parseCommandLine(DRIFT, args);
    const asked = (part: (typeof PARTS)[number]): boolean => operands.length === 0 || operands.includes(part);
    if (asked("regime")) printRegime();
    if (asked("symbols") || asked("vanished")) {
      const model = watched(fitted(logistic, simulatedDays(20, 1)));
      if (asked("symbols")) printSymbols(model);
      if (asked("vanished")) printVanished(model);
    }
    if (asked("false-alarms") || asked("sensitivity")) {
      const labelled = simulatedDays(20, 1);
      const model = watched(fitted(logistic, labelled));
      const training = stationaryTraining();
      if (asked("false-alarms")) printFalseAlarms(model, training);
      if (asked("sensitivity")) printSensitivity([model, watched(fitted(zscore, labelled))], training);
    }
    if (asked("recorded")) await printRecorded();
    return EXIT.done;
  },
};
