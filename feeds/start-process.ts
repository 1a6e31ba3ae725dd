// The process around `runStart`: arguments, signals, exit code.
import { GatewayError } from "./gateway-error.ts";
import { GatewayProcessError } from "./gateway-process.ts";
import { parseStartOptions, START_HELP } from "./start-options.ts";
import { runStart, type StartContext } from "./start-run.ts";
import { isUsageError } from "./usage-error.ts";

/**
 * Runs `npm start` with these arguments and sets the exit code: 0 stopped, 1 failed, 2 the user's mistake.
 * @param context what differs from the default, in tests.
 */
export async function startProcess(args: readonly string[], context: Partial<StartContext> = {}): Promise<void> {
  const stop = new AbortController();
  const interrupt = (): void => {
    if (!stop.signal.aborted) console.error("\nstopping");
    stop.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
  // While models are published, miniflare answers a signal too: it cleans up and exits with 128 and the signal's number.
  process.once("exit", (code) => {
    if (stop.signal.aborted && code > 128) process.exitCode = 0;
  });
  try {
    const options = parseStartOptions(args, process.env);
    if (options === "help") {
      process.stdout.write(START_HELP);
      return;
    }
    const [print, note] = [(line: string) => console.log(line), (line: string) => console.error(line)];
    await runStart(options, { stop: stop.signal, print, note, ...context });
  } catch (error) {
    const expected = isUsageError(error) || error instanceof GatewayError || error instanceof GatewayProcessError;
    console.error(expected ? `start: ${error.message}` : error);
    process.exitCode = isUsageError(error) ? 2 : 1;
  }
  // A publication that was cut short would go on; an exit lets miniflare end its workerd.
  if (stop.signal.aborted) process.exit();
}
