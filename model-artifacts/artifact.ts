// A model ready to be served: the ONNX file and the manifest that says what it is.
import type { Manifest } from "../src/model/manifest.ts";

export interface Artifact {
  readonly manifest: Manifest;
  readonly onnx: Uint8Array<ArrayBuffer>;
}

/**
 * The manifest as the text of a file: indented, and each list of numbers on one line, as there are thousands of
 * numbers.
 */
export function manifestText(manifest: Manifest): string {
  const text = JSON.stringify(manifest, null, 2);
  return text.replace(/\[\n[^[\]{}"]*\]/g, (numbers) => numbers.replace(/\n\s*/g, "").replaceAll(",", ", ")) + "\n";
}
