// The error for an invalid variable of a deployment.

/** An invalid environment variable; the message names it, its value and what was expected. */
export class SettingsError extends Error {
  override name = "SettingsError";
}

/** Also for one that an object threw: what crosses RPC keeps its name, not its class. */
export function isSettingsError(error: unknown): boolean {
  return error instanceof Error && error.name === "SettingsError";
}
