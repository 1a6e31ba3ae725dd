// `npm run bundle`: makes the artifacts that ship with the gateway, so that an empty bucket predicts at once. They are
// trained on a simulated market: they make a fresh deployment work, they are no evidence of anything. Their manifests
// carry no figures.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { simulateTicks } from "../feeds/simulator.ts";
import { manifestText } from "./artifact.ts";
import { codeCommit } from "./code-commit.ts";
import { buildDataset } from "./dataset.ts";
import { resultText, tallyText } from "./report-text.ts";
import { sha256Hex } from "./sha256.ts";
import { train } from "./train.ts";

const SIMULATION = {
  seed: 20251206,
  symbol: "BTC-USD",
  fromMs: Date.UTC(2025, 11, 1),
  toMs: Date.UTC(2025, 11, 2),
} as const;
const FOLDER = join(import.meta.dirname, "..", "src", "model", "bundled");

const source = `simulated ticks: ${JSON.stringify(SIMULATION)}`;
console.log(source);
const ticks = [...simulateTicks(SIMULATION)];
const data = buildDataset(ticks);
console.log(tallyText(data));
const result = await train(data, {
  testAt: { share: 0.4 },
  provenance: {
    source,
    dataFingerprint: sha256Hex(JSON.stringify(ticks)),
    codeCommit: codeCommit(),
    createdAtMs: SIMULATION.toMs,
  },
  publishFigures: false,
});
console.log(resultText(result));
console.log("These figures are of a simulated market: no evidence, and not in the manifests.");
for (const { family, artifact, refused } of result.families) {
  if (artifact === null) throw new Error(`${family}: ${refused}`);
  await writeFile(join(FOLDER, `${family}.onnx`), artifact.onnx);
  await writeFile(join(FOLDER, `${family}.json`), manifestText(artifact.manifest));
  console.log(`wrote ${join(FOLDER, family)}.{onnx,json}, ${artifact.manifest.onnxSha256}`);
}
