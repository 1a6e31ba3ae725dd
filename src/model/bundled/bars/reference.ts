// Written by `npm run bundle`: the strongest baseline of this set's training.
import manifest from "./persistence.json" with { type: "json" };
import onnx from "./persistence.onnx";

export const reference = { manifest, onnx };
