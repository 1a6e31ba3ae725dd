import { describe, expect, it } from "vitest";
import { publishRun } from "../../trainer/run/publish-run.ts";
import { artifact } from "./publish-artifact.ts";

describe("publishing a run that chose a baseline", () => {
  it("neither promotes it nor says how to force it, and exits with 3", async () => {
    const baseline = artifact(1);
    const lines: string[] = [];
    const target = {
      name: "bucket",
      read: () => Promise.reject(new Error("nothing is read")),
      publish: () => Promise.resolve([{ ...baseline.manifest, sha256: baseline.manifest.onnxSha256 }]),
    };
    const run = { artifacts: [baseline], choice: { family: "persistence" }, gate: { verdict: "refused" } } as const;
    // Nothing listens there: a request would be an error.
    const config = { promote: "http://127.0.0.1:9", force: undefined };
    expect(await publishRun(run, config, target, (line) => void lines.push(line))).toBe(3);
    expect(lines.at(-1)).toBe(
      "not promoted: no learned model was chosen, and the baseline persistence is what one has to beat",
    );
    expect(lines.join("\n")).not.toContain("--force");
  });
});
