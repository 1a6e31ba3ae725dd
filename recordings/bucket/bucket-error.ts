// A refusal or failure of a bucket, as an error for the user.
import { UserError } from "../../command-line/user-error.ts";

/**
 * It is a `UserError`, because credentials, addresses and networks are the user's. The message names the address and
 * the answer.
 */
export class BucketError extends UserError {
  override name = "BucketError";
  /** HTTP status of the last answer, 0 when there was none. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
