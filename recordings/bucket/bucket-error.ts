// What a bucket refused or failed to do, told to the person at the keyboard.
import { UserError } from "../../command-line/user-error.ts";

/** Credentials, addresses and networks are the user's to mend; the message names the address and what came back. */
export class BucketError extends UserError {
  override name = "BucketError";
  /** HTTP status of the last answer, 0 when there was none. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
