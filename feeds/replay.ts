// `npm run replay`: sends recordings to a gateway.
import { EXIT } from "../command-line/exit-code.ts";
import type { Program } from "../command-line/program.ts";
import { untilSignal } from "../command-line/sending-context.ts";
import { GatewayError } from "../gateway-client/gateway-error.ts";
import { parseReplayOptions, REPLAY } from "./replay-options.ts";
import { runReplay } from "./replay-run.ts";

export const program: Program = {
  command: REPLAY,
  expectedErrors: [[GatewayError, EXIT.failed]],
  run: async (args) => {
    const options = parseReplayOptions(args, process.env);
    return (await runReplay(options, untilSignal("finishing the current batch"))) ? EXIT.done : EXIT.failed;
  },
};
