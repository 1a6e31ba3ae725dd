// What a manifest says of a model's volatility forecast, as what learns of it needs it.
import { labelSpecText } from "../features/label-spec.ts";
import type { SigmaModel } from "../volatility/model-sigma.ts";
import type { Manifest } from "./manifest.ts";

export function sigmaModel({ onnxSha256: sha256, label, sigmaQuantiles }: Manifest): SigmaModel {
  const { horizonSteps } = label;
  return { sha256, labelText: labelSpecText(label), horizonSteps, offsets: sigmaQuantiles?.offsets ?? null };
}
