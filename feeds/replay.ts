// `npm run replay`: sends recordings to a gateway.
import { EXIT } from "../command-line/exit-code.ts";
import { onSignal } from "../command-line/on-signal.ts";
import type { Program } from "../command-line/program.ts";
import { GatewayError } from "../gateway-client/gateway-error.ts";
import { parseReplayOptions, REPLAY } from "./replay-options.ts";
import { runReplay } from "./replay-run.ts";

export const program: Program = {
  command: REPLAY,
  expectedErrors: [[GatewayError, EXIT.failed]],
  run: async (args) => {
    const options = parseReplayOptions(args, process.env);
    const stop = new AbortController();
    const abandon = new AbortController();
    onSignal((_, count) => {
      if (count > 1) return abandon.abort();
      console.error("\nfinishing the current batch; press again to stop at once");
      stop.abort();
    });
    const context = {
      stop: stop.signal,
      abandon: abandon.signal,
      print: (line: string) => console.log(line),
      note: (line: string) => console.error(line),
    };
    return (await runReplay(options, context)) ? EXIT.done : EXIT.failed;
  },
};
