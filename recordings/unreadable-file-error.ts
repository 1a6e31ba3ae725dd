// A recording that cannot be read.
import { UserError } from "../command-line/user-error.ts";

/** The file cannot be read; the message names the path and is fit for the user. */
export class UnreadableFileError extends UserError {
  constructor(path: string, why: string) {
    super(`${path}: ${why}`);
    this.name = "UnreadableFileError";
  }
}
