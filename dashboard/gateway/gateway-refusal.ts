// An answer of the gateway that is no success, as the error of a question.

export class GatewayRefusal extends Error {
  readonly status: number;
  /** Of docs/errors.md; `http_<status>` where the answer names none. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "GatewayRefusal";
    this.status = status;
    this.code = code;
  }
}
