// An input as the JSON that it may be.
import type { FuzzInput } from "./fuzz-target.ts";

/** The value of a text; `undefined` for one that is no JSON, which each caller refuses itself. */
export function parsedJson(input: FuzzInput): unknown {
  try {
    return JSON.parse(String(input));
  } catch {
    return undefined;
  }
}
