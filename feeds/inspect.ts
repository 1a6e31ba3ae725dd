// `npm run inspect`: what is in recordings, before anything is made of them.
import type { Command } from "../command-line/command.ts";
import { EXIT } from "../command-line/exit-code.ts";
import { option } from "../command-line/option.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { READING_OPTIONS, readingOf } from "../command-line/reading-options.ts";
import { recordingsOperand } from "../command-line/recordings-operand.ts";
import { SYMBOL_HELP, SYMBOL_TYPE } from "../command-line/symbol-type.ts";
import { text } from "../command-line/value-types.ts";
import { predictionsText } from "../recordings/leave-out-predictions.ts";
import { openRecordings } from "../recordings/recording-paths.ts";
import { FileInspector } from "./inspect/file-inspector.ts";
import { inspectionLines } from "./inspect/inspection-text.ts";

const INSPECT = {
  name: "inspect",
  call: "npm run inspect --",
  about: `
Shows what recordings hold, file by file: the layout, symbols, rows, first and last time, length of bars, unit of times,
what is missing, gaps, duplicates, disorder, refused rows with an example each, and how to train on them.`,
  operands: recordingsOperand(""),
  options: {
    symbol: option(SYMBOL_TYPE, SYMBOL_HELP),
    ...READING_OPTIONS,
    persist: option(text("DIR"), "where wrangler dev keeps its state", { default: ".wrangler/state" }),
  },
  notes: "Exit code: 0 every file has ticks, 1 a bug, 2 a mistake in the command, or a file that gives no tick.",
} satisfies Command;

export const program: Program = {
  command: INSPECT,
  run: async (args) => {
    const { values, operands } = parseCommandLine(INSPECT, args);
    const { sources, skipped, predictions, close } = await openRecordings(operands, { persist: values.persist });
    const inspector = new FileInspector({ symbol: values.symbol, reading: readingOf(values) });
    // What says how the files are to be read is needed again for training.
    const options = args.filter((arg) => !operands.includes(arg));
    let isRight = true;
    try {
      for (const source of sources) {
        const inspection = await inspector.inspect(source);
        for (const line of inspectionLines(inspection, options)) console.log(line);
        isRight &&= inspection.ticks > 0 && inspection.error === undefined;
      }
    } finally {
      await close();
    }
    for (const path of skipped) console.log(`${path}\n  not read: of another kind`);
    if (predictions > 0) console.log(predictionsText(predictions));
    return isRight ? EXIT.done : EXIT.mistake;
  },
};
