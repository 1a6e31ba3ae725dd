// The error for an invalid variable of a deployment.

/** An invalid environment variable; the message names it, its value and what was expected. */
export class SettingsError extends Error {
  override name = "SettingsError";
}
