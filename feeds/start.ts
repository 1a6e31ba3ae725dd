// `npm start`: the gateway on this machine with a simulated market, in one command.
import { EXIT } from "../command-line/exit-code.ts";
import { onSignal, signalArrived } from "../command-line/on-signal.ts";
import type { Program } from "../command-line/program.ts";
import { GatewayError } from "../gateway-client/gateway-error.ts";
import { GatewayProcessError } from "../local-gateway/gateway-process.ts";
import { StateInUseError } from "../local-gateway/state-lock.ts";
import { parseStartOptions, START } from "./start-options.ts";
import { runStart, type StartContext } from "./start-run.ts";

/** @param context what differs from the default, in tests. */
export function startProgram(context: Partial<StartContext> = {}): Program {
  return {
    command: START,
    expectedErrors: [
      [GatewayError, EXIT.failed],
      [GatewayProcessError, EXIT.failed],
      [StateInUseError, EXIT.mistake],
    ],
    run: async (args) => {
      const options = parseStartOptions(args, process.env);
      const stop = new AbortController();
      onSignal((_, count) => {
        if (count === 1) console.error("\nstopping");
        stop.abort();
      });
      // While models are published, miniflare handles signals too: it cleans up and exits with 128 plus the signal's
      // number.
      process.once("exit", (code) => {
        if (signalArrived() && code > 128) process.exitCode = EXIT.done;
      });
      const [print, note] = [(line: string) => console.log(line), (line: string) => console.error(line)];
      await runStart(options, { stop: stop.signal, print, note, ...context });
      return EXIT.done;
    },
  };
}

export const program = startProgram();
