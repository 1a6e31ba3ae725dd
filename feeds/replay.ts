// `npm run replay`: sends recordings to a gateway. The process around `runReplay`: arguments, Ctrl-C, exit code.
import { parseReplayOptions, REPLAY_HELP } from "./replay-options.ts";
import { runReplay } from "./replay-run.ts";
import { GatewayError } from "./gateway-error.ts";
import { isUsageError } from "./usage-error.ts";

async function main(): Promise<number> {
  const options = parseReplayOptions(process.argv.slice(2), process.env);
  if (options === "help") {
    process.stdout.write(REPLAY_HELP);
    return 0;
  }
  const stop = new AbortController();
  const abandon = new AbortController();
  const interrupt = (): void => {
    if (stop.signal.aborted) return abandon.abort();
    console.error("\nfinishing the batch on its way; again to stop at once");
    stop.abort();
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  const context = {
    stop: stop.signal,
    abandon: abandon.signal,
    print: (line: string) => console.log(line),
    note: (line: string) => console.error(line),
  };
  return (await runReplay(options, context)) ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  const expected = isUsageError(error) || error instanceof GatewayError;
  console.error(expected ? `replay: ${error.message}` : error);
  process.exitCode = isUsageError(error) ? 2 : 1;
}
