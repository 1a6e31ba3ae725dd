// `npm run retrain`: from archived ticks to a challenger, by itself or as a demonstration.
import { UnreadableFileError } from "../recordings/file-lines.ts";
import { GatewayError } from "../feeds/gateway-error.ts";
import { GatewayRefusal } from "./retrain/gateway-admin.ts";
import { onSignal } from "./retrain/on-signal.ts";
import { parseRetrainOptions, RETRAIN_HELP } from "./retrain/retrain-options.ts";
import { retrainRun } from "./retrain/retrain-run.ts";
import { UserError } from "./run/user-error.ts";

const args = process.argv.slice(2);
/** What the user, the bucket or the gateway can mend: told without a stack trace. */
const MISTAKES = [UserError, UnreadableFileError, GatewayError, GatewayRefusal];
try {
  const options = parseRetrainOptions(args, Date.now());
  const print = (line: string): void => console.log(line);
  if (options === "help") process.stdout.write(RETRAIN_HELP);
  else if (options.kind === "demo") {
    // Only here: the demonstration needs a simulator, a receiver of alerts and wrangler.
    const { runDemonstration } = await import("./retrain/demo-run.ts");
    process.exitCode = await runDemonstration(options, print);
  } else {
    // An exit removes temporary folders; a signal alone would leave them.
    onSignal((code) => process.exit(code));
    const command = ["npm run retrain --", ...args].join(" ");
    process.exitCode = await retrainRun(options, { command, adminToken: process.env["ADMIN_TOKEN"], print });
  }
} catch (error) {
  const mistake = MISTAKES.some((kind) => error instanceof kind);
  console.error(mistake && error instanceof Error ? `retrain: ${error.message}` : error);
  if (error instanceof UserError) console.error("npm run retrain -- --help shows the options.");
  process.exitCode = mistake ? 2 : 1;
}
