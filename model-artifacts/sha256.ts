// SHA-256 in hexadecimal, the identity of files and schemas.
import { createHash } from "node:crypto";

/** Of bytes, or of a text in UTF-8. */
export function sha256Hex(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}
