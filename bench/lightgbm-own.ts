// The trainer's side of `npm run bench:gbdt`, in a process of its own so that its memory can be told: reads the rows that
// the bench wrote, fits once, prints one line of JSON.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BoostingParameters, fitBoosting } from "../trainer/trees/boosting.ts";
import { ensembleScore } from "../trainer/trees/tree.ts";

const [folder, width, text] = process.argv.slice(2) as [string, string, string];
const columns = Number(width);
const load = (name: string): ArrayBuffer => new Uint8Array(readFileSync(join(folder, name))).buffer;
const train = {
  x: new Float32Array(load("train.x")),
  width: columns,
  targets: new Float64Array(load("train.y")),
};
const test = new Float32Array(load("test.x"));
const beforeKb = process.resourceUsage().maxRSS;
const startedAt = performance.now();
const { ensemble } = fitBoosting(train, JSON.parse(text) as BoostingParameters);
const seconds = (performance.now() - startedAt) / 1000;
const peakKb = process.resourceUsage().maxRSS;
const scores = Float64Array.from({ length: test.length / columns }, (_, i) =>
  ensembleScore(ensemble, test, i * columns),
);
writeFileSync(join(folder, "scores.own"), new Uint8Array(scores.buffer));
console.log(JSON.stringify({ version: process.version, seconds, peakKb, beforeKb }));
