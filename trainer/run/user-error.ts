// A mistake of the person at the keyboard, told apart from a bug: the CLI prints the message and exits with 2.

/** Its message says what came, what was expected, and where possible what to do. */
export class UserError extends Error {
  override name = "UserError";
}
