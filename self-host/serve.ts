// `npm run volgate -- serve`: the gateway on this machine for good, on plain workerd.
import { EXIT } from "../command-line/exit-code.ts";
import { onSignal } from "../command-line/on-signal.ts";
import type { Program } from "../command-line/program.ts";
import { GatewayProcessError } from "../local-gateway/gateway-process.ts";
import { StateInUseError } from "../local-gateway/state-lock.ts";
import { parseServeOptions, SERVE } from "./serve-options.ts";
import { runServe } from "./serve-run.ts";

export const program: Program = {
  command: SERVE,
  expectedErrors: [
    [GatewayProcessError, EXIT.failed],
    [StateInUseError, EXIT.mistake],
  ],
  run: async (args) => {
    const options = parseServeOptions(args, process.env);
    const stop = new AbortController();
    onSignal(() => void stop.abort());
    const [print, note] = [(line: string) => console.log(line), (line: string) => console.error(line)];
    await runServe(options, { stop: stop.signal, print, note });
    return EXIT.done;
  },
};
