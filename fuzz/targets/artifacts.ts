// Models: manifests, ONNX files as the gateway, the trainer and the runtime read them, and the index of a bucket.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../command-line/user-error.ts";
import { parseIndex } from "../../model-artifacts/model-index.ts";
import { OnnxSession } from "../../onnx/onnx-session.ts";
import { labelSpecText, parseLabelSpec } from "../../src/features/label-spec.ts";
import { inspectOnnx } from "../../src/model/inspect-onnx.ts";
import { featureColumns, ManifestError, parseManifest } from "../../src/model/manifest.ts";
import { parseOnnx } from "../../trainer/import/parse-onnx.ts";
import { demand, type FuzzTarget, type Outcome } from "../fuzz-target.ts";
import { mutatedBytes } from "../mutate/bytes.ts";
import { mutatedJson } from "../mutate/json.ts";
import { parsedJson } from "../parsed-json.ts";

const BUNDLED = join(import.meta.dirname, "../../src/model/bundled");
const NAMES = ["logistic", "persistence", "recent", "threshold-only", "zscore", "bars/champion", "bars/har"];
const MANIFESTS = NAMES.map((name): unknown => JSON.parse(readFileSync(join(BUNDLED, `${name}.json`), "utf8")));
const GRAPHS = NAMES.map((name) => new Uint8Array(readFileSync(join(BUNDLED, `${name}.onnx`))));
const LABELS = MANIFESTS.map((manifest) => (manifest as { readonly label: unknown }).label);

const INDEXES = [
  {
    format: 1,
    artifacts: MANIFESTS.map((manifest) => {
      const { onnxSha256, name, version, family, row, schemaHash, createdAt } = manifest as Readonly<
        Record<string, unknown>
      >;
      return { sha256: onnxSha256, name, version, family, row, schemaHash, createdAt };
    }),
  },
];

/** The outcome of a reader that refuses with these errors alone. */
function refusedBy(errors: readonly (new (...args: never[]) => Error)[], read: () => void): Outcome {
  try {
    read();
    return "accepted";
  } catch (error) {
    if (errors.some((kind) => error instanceof kind)) return "refused";
    throw error;
  }
}

const MANIFEST: FuzzTarget = {
  ...{ name: "artifacts/manifest", weight: 0.2 },
  make: (random) => mutatedJson(MANIFESTS, random),
  run: (input) =>
    refusedBy([ManifestError], () => {
      const manifest = parseManifest(parsedJson(input));
      const { threshold, label, onnxSha256 } = manifest;
      demand(threshold >= 0 && threshold <= 1 && /^[0-9a-f]{64}$/.test(onnxSha256), () => "a manifest without sense");
      demand(
        featureColumns(manifest).every((column) => column >= 0),
        () => "a feature that its row has not",
      );
      parseLabelSpec(label);
    }),
};

const LABEL: FuzzTarget = {
  ...{ name: "artifacts/label", weight: 0.5 },
  make: (random) => mutatedJson(LABELS, random),
  run: (input) =>
    refusedBy([TypeError], () => {
      const spec = parseLabelSpec(parsedJson(input));
      const again = parseLabelSpec(JSON.parse(JSON.stringify(spec)));
      demand(labelSpecText(again) === labelSpecText(spec), () => `another label: ${labelSpecText(spec)}`);
    }),
};

const INSPECT: FuzzTarget = {
  ...{ name: "artifacts/onnx-inspect", weight: 0.5 },
  make: (random) => mutatedBytes(GRAPHS, random),
  run: (input) => refusedBy([RangeError], () => inspectOnnx(input as Uint8Array)),
};

const IMPORT: FuzzTarget = {
  ...{ name: "artifacts/onnx-import", weight: 0.1 },
  make: (random) => mutatedBytes(GRAPHS, random),
  run: (input) => refusedBy([UserError], () => parseOnnx(input as Uint8Array, "model.onnx")),
};

/** The runtime may refuse a graph with whatever error it has; it must come back, and be there for the next one. */
const RUNTIME: FuzzTarget = {
  ...{ name: "artifacts/onnx-runtime", weight: 0.01 },
  make: (random) => mutatedBytes(GRAPHS, random),
  run: async (input) => {
    let session: OnnxSession;
    try {
      session = await OnnxSession.load(input as Uint8Array);
    } catch {
      return "refused";
    }
    await session.release();
    return "accepted";
  },
};

const INDEX: FuzzTarget = {
  ...{ name: "artifacts/index", weight: 0.2 },
  make: (random) => mutatedJson(INDEXES, random),
  run: (input) => refusedBy([Error], () => parseIndex(String(input))),
};

export const ARTIFACT_TARGETS: readonly FuzzTarget[] = [MANIFEST, LABEL, INSPECT, IMPORT, RUNTIME, INDEX];
