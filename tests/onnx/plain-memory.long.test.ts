import { join } from "node:path";
import { expect, it } from "vitest";
import { runSuccessfully } from "../processes/child-program.ts";

async function scoreIn(mode: string): Promise<{ readonly sha256: string; readonly memories: readonly string[] }> {
  const args = [join(import.meta.dirname, "score-hash.ts"), mode];
  return JSON.parse((await runSuccessfully(process.execPath, args)).stdout) as { sha256: string; memories: string[] };
}

it("scores on a plain memory bit for bit as on a shared one, and where SharedArrayBuffer is absent", async () => {
  const shared = await scoreIn("shared");
  const plain = { sha256: shared.sha256, memories: ["[object ArrayBuffer]"] };
  expect(shared.memories).toEqual(["[object SharedArrayBuffer]"]);
  expect(await scoreIn("plain")).toEqual(plain);
  expect(await scoreIn("absent")).toEqual(plain);
});
