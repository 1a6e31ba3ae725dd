// The code of an answer for which something of the gateway's own did not answer.
import { ObjectTimeoutError } from "../clients/deadlined.ts";
import { DirectoryUnavailableError } from "../clients/directory.ts";
import { SymbolFailedError } from "../clients/symbols.ts";

/** `undefined` for any other error. */
export function unavailableCode(
  error: unknown,
): "directory_unavailable" | "symbol_failed" | "symbol_timeout" | "object_timeout" | undefined {
  if (error instanceof DirectoryUnavailableError) return "directory_unavailable";
  if (error instanceof SymbolFailedError) return "symbol_failed";
  if (!(error instanceof ObjectTimeoutError)) return undefined;
  return error.kind === "symbol" ? "symbol_timeout" : "object_timeout";
}
