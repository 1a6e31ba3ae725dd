// `npm run retrain`: from archived ticks to a challenger, by itself or as a demonstration.
import { EXIT } from "../command-line/exit-code.ts";
import { onSignal } from "../command-line/on-signal.ts";
import type { Program } from "../command-line/program.ts";
import { GatewayError } from "../gateway-client/gateway-error.ts";
import { GatewayRefusal } from "./retrain/gateway-admin.ts";
import { parseRetrainOptions, RETRAIN } from "./retrain/retrain-options.ts";
import { retrainRun } from "./retrain/retrain-run.ts";

export const program: Program = {
  command: RETRAIN,
  // A gateway that does not answer or refuses is not a bug: the user has to act, before anything is trained.
  expectedErrors: [
    [GatewayError, EXIT.mistake],
    [GatewayRefusal, EXIT.mistake],
  ],
  run: async (args) => {
    const options = parseRetrainOptions(args, Date.now());
    const print = (line: string): void => console.log(line);
    if (options.kind === "demo") {
      // Only here: the demonstration needs a simulator, a receiver of alerts and wrangler.
      const { runDemonstration } = await import("./retrain/demo-run.ts");
      return await runDemonstration(options, print);
    }
    // An exit removes temporary folders; a signal alone would leave them.
    onSignal((exitCode) => process.exit(exitCode));
    const command = [RETRAIN.call, ...args].join(" ");
    return await retrainRun(options, { command, adminToken: process.env["ADMIN_TOKEN"], print });
  },
};
