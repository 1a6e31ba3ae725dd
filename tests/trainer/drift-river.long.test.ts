// The golden firing indices of tests/drift beside those of a real river: that they are still what river says.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import golden from "../drift/golden-river.json" with { type: "json" };
import { missingPeers, peerPython } from "../peers/python.ts";
import { runSuccessfully } from "../processes/child-program.ts";

const python = peerPython(["river"]);

describe.skipIf(missingPeers(["river"]))("beside river", () => {
  it("Page–Hinkley and ADWIN fire where the golden file says", async () => {
    if (!("path" in python)) throw new Error(python.missing);
    const script = join(import.meta.dirname, "../drift/make-golden-river.py");
    const { stdout } = await runSuccessfully(python.path, [script]);
    expect(JSON.parse(stdout)).toEqual(golden);
  }, 120_000);
});
