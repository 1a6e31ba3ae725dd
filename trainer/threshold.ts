// `npm run model -- threshold`: changes the threshold of a served model.
import type { Program } from "../command-line/program.ts";
import { thresholdCommand } from "./publish/change-threshold.ts";
import { THRESHOLD } from "./publish/publish-options.ts";

export const program: Program = { command: THRESHOLD, run: thresholdCommand };
