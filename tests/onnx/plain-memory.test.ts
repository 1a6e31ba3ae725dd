import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

function scoreIn(mode: string): { readonly sha256: string; readonly memories: readonly string[] } {
  const output = execFileSync(process.execPath, [join(import.meta.dirname, "score-hash.ts"), mode], {
    encoding: "utf8",
  });
  return JSON.parse(output) as { sha256: string; memories: string[] };
}

it("scores on a plain memory bit for bit as on a shared one, and where SharedArrayBuffer is absent", () => {
  const shared = scoreIn("shared");
  const plain = { sha256: shared.sha256, memories: ["[object ArrayBuffer]"] };
  expect(shared.memories).toEqual(["[object SharedArrayBuffer]"]);
  expect(scoreIn("plain")).toEqual(plain);
  expect(scoreIn("absent")).toEqual(plain);
});
