// The process around a benchmark: mistakes of the user are told without a stack trace.
import { isUsageError } from "../feeds/usage-error.ts";

/** Runs `main` and sets the exit code: 0 done, 1 a bug or what `main` sets itself, 2 the user's mistake. */
export async function benchProgram(name: string, main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    console.error(isUsageError(error) ? `${name}: ${error.message}` : error);
    process.exitCode = isUsageError(error) ? 2 : 1;
  }
}
