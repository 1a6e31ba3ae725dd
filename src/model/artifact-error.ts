import type { RefusalCode } from "./refusal-code.ts";

/** A refused artifact, with a code and a message. */
export class ArtifactError extends Error {
  override name = "ArtifactError";
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}
