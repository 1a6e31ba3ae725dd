// The hash of a manifest's decision, as the trainer stores it in the ONNX file (src/model/decision.ts).
import { type Decision, decisionText } from "../src/model/decision.ts";
import { sha256Hex } from "./sha256.ts";

/** SHA-256 (hex) of `decisionText`. */
export function decisionSha256(manifest: Decision): string {
  return sha256Hex(decisionText(manifest));
}
