// Something that the user must change, told apart from a bug: a program prints its message and ends with exit code 2.

/** Its message says what came and what was expected, or what cannot be done and what to do instead. */
export class UserError extends Error {
  override name = "UserError";
}
