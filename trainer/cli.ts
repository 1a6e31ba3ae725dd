// `npm run train`: recordings in, artifacts and figures that can be believed out.
import { UnreadableFileError } from "../recordings/file-lines.ts";
import { HELP, parseCliOptions } from "./run/cli-options.ts";
import { trainingRun } from "./run/training-run.ts";
import { UserError } from "./run/user-error.ts";

const args = process.argv.slice(2);
try {
  const options = parseCliOptions(args);
  if (options === "help") process.stdout.write(HELP);
  else process.exitCode = await trainingRun(options, ["npm run train --", ...args].join(" "));
} catch (error) {
  const mistake = error instanceof UserError || error instanceof UnreadableFileError;
  console.error(mistake ? `train: ${error.message}` : error);
  if (error instanceof UserError) console.error("npm run train -- --help shows the options.");
  process.exitCode = mistake ? 2 : 1;
}
