// `npm run model -- backfill`: a challenger earns its record from the archive.
import { EXIT } from "../command-line/exit-code.ts";
import { onSignal } from "../command-line/on-signal.ts";
import type { Program } from "../command-line/program.ts";
import { GatewayError } from "../gateway-client/gateway-error.ts";
import { BACKFILL, parseBackfillOptions } from "./backfill/backfill-options.ts";
import { backfillRun } from "./backfill/backfill-run.ts";
import { GatewayRefusal } from "./retrain/gateway-admin.ts";

export const program: Program = {
  command: BACKFILL,
  expectedErrors: [
    [GatewayError, EXIT.mistake],
    [GatewayRefusal, EXIT.mistake],
  ],
  run: async (args) => {
    const options = parseBackfillOptions(args, Date.now());
    // An exit removes temporary folders; a signal alone would leave them.
    onSignal((exitCode) => process.exit(exitCode));
    return await backfillRun(options, {
      adminToken: process.env["ADMIN_TOKEN"],
      print: (line) => console.log(line),
    });
  },
};
