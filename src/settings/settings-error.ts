// What a deployment's variable is refused with.

/** A variable of the environment that cannot be used; the message names it, what it is and what was expected. */
export class SettingsError extends Error {
  override name = "SettingsError";
}
