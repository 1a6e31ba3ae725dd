// The models that a gateway serves by default on a grid, from the folders of `npm run bundle`.
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { GridConfig } from "../../src/features/event-grid.ts";
import { schemaText } from "../../src/features/schema.ts";
import { parseManifest } from "../../src/model/manifest.ts";
import type { Artifact } from "../../model-artifacts/artifact.ts";
import { sha256Hex } from "../../model-artifacts/sha256.ts";
import { ROOT } from "../../local-gateway/wrangler-dev.ts";

const FOLDER = join(ROOT, "src", "model", "bundled");
const CHAMPIONS = [join(FOLDER, "logistic"), join(FOLDER, "bars", "champion")];

/** The set that was trained for the grid, the champion first; empty for one without, and for a further horizon. */
export async function readBundledModels(grid: GridConfig): Promise<Artifact[]> {
  if (grid.horizonMs !== undefined) return [];
  for (const champion of CHAMPIONS) {
    const first = await readModel(champion);
    const { row, schemaHash, label } = first.manifest;
    if (schemaHash !== sha256Hex(schemaText(row, grid, label.horizonSteps))) continue;
    const folder = dirname(champion);
    const names = (await readdir(folder)).filter((name) => name.endsWith(".onnx")).map((name) => name.slice(0, -5));
    const others = names.map((name) => join(folder, name)).filter((base) => base !== champion);
    return [first, ...(await Promise.all(others.map(readModel)))];
  }
  return [];
}

async function readModel(base: string): Promise<Artifact> {
  const manifest = parseManifest(JSON.parse(await readFile(`${base}.json`, "utf8")));
  return { manifest, onnx: new Uint8Array(await readFile(`${base}.onnx`)) };
}
