// The trainer's side of `npm run bench -- gbdt`, in its own process, so that its memory can be measured. It reads the
// rows that the bench wrote, fits once, and prints one line of JSON.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BoostingParameters, fitBoosting } from "../trainer/trees/boosting.ts";
import { ensembleScore } from "../trainer/trees/tree.ts";

const [folder, width, text] = process.argv.slice(2) as [string, string, string];
const columns = Number(width);
const floats = ({ buffer, byteOffset, length }: Buffer): Float32Array =>
  new Float32Array(buffer, byteOffset, length / 4);
const doubles = ({ buffer, byteOffset, length }: Buffer): Float64Array =>
  new Float64Array(buffer, byteOffset, length / 8);
const train = {
  x: floats(readFileSync(join(folder, "train.x"))),
  width: columns,
  targets: doubles(readFileSync(join(folder, "train.y"))),
};
const beforeKb = process.resourceUsage().maxRSS;
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
const { ensemble } = fitBoosting(train, JSON.parse(text) as BoostingParameters);
const seconds = (performance.now() - startedAt) / 1000;
const cpu = process.cpuUsage(cpuBefore);
const cpuSeconds = (cpu.user + cpu.system) / 1e6;
const peakKb = process.resourceUsage().maxRSS;
const test = floats(readFileSync(join(folder, "test.x")));
const scores = Float64Array.from({ length: test.length / columns }, (_, i) =>
  ensembleScore(ensemble, test, i * columns),
);
writeFileSync(join(folder, "scores.own"), new Uint8Array(scores.buffer));
console.log(JSON.stringify({ version: process.version, seconds, cpuSeconds, peakKb, beforeKb }));
