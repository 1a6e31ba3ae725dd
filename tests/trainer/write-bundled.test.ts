// What `npm run bundle` leaves in a set's folder.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readArtifacts } from "../../feeds/default-models.ts";
import { BUNDLED_FOLDER, writeBundled } from "../../trainer/bundled/write-bundled.ts";

const champion = { family: "logistic", name: "champion" };
const ALWAYS = ["champion", "persistence", "threshold-only", "zscore"];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "volgate-set-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(reference: string): Promise<{ names: string[]; module: string }> {
  const set = await readArtifacts(BUNDLED_FOLDER);
  const another = { ...set[0]!, manifest: { ...set[0]!.manifest, family: "har" } };
  await writeBundled(folder, [...set, another], { champion, reference });
  const names = (await readdir(folder)).filter((name) => name.endsWith(".onnx")).map((name) => name.slice(0, -5));
  return { names: names.sort(), module: await readFile(join(folder, "reference.ts"), "utf8") };
}

describe("a written set", () => {
  it("has the reference's files beside the others, and no longer once it is one of these", async () => {
    const har = await written("har");
    expect(har.names).toEqual([...ALWAYS, "har"].sort());
    expect(har.module).toContain('from "./har.onnx"');
    const persistence = await written("persistence");
    expect(persistence.names).toEqual(ALWAYS);
    expect(persistence.module).toBe(har.module.replaceAll("./har.", "./persistence."));
  });

  it("is refused whole where its reference was not fitted", async () => {
    await expect(written("forest")).rejects.toThrow("forest: no artifact");
  });
});
