// Written by `npm run bundle`: the strongest baseline of this set's training.
import manifest from "./har.json" with { type: "json" };
import onnx from "./har.onnx";

export const reference = { manifest, onnx };
