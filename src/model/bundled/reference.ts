// Written by `npm run bundle`: the strongest baseline of this set's training.
import manifest from "./recent.json" with { type: "json" };
import onnx from "./recent.onnx";

export const reference = { manifest, onnx };
