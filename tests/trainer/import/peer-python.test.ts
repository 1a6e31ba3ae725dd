import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { peerPython } from "../../peers/python.ts";

const before = process.env["VOLGATE_PEERS"];
const folder = mkdtempSync(join(tmpdir(), "volgate-python-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  if (before === undefined) delete process.env["VOLGATE_PEERS"];
  else process.env["VOLGATE_PEERS"] = before;
});

/** A program in place of Python, which prints `text` and exits with `status`. */
function stand(name: string, text: string, status = 0): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\necho '${text}'\nexit ${status}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("the Python that tests compare with", () => {
  it.each([
    [
      "is missing where there is none",
      () => join(folder, "none"),
      /no Python at .*none: run sh tests\/peers\/install\.sh/,
    ],
    ["is missing when it lacks a module", () => stand("lacks", "sklearn, onnx"), /lacks has no sklearn, onnx/],
    ["is missing when it does not run", () => stand("broken", "", 3), /broken does not run/],
  ])("%s", (name, path, reason) => {
    process.env["VOLGATE_PEERS"] = path();
    expect(peerPython([name])).toEqual({ missing: expect.stringMatching(reason) });
  });

  it("is the one that VOLGATE_PEERS names, asked once", () => {
    const path = stand("fine", "");
    process.env["VOLGATE_PEERS"] = path;
    expect(peerPython(["asked", "once"])).toEqual({ path });
    stand("fine", "asked", 1);
    expect(peerPython(["asked", "once"])).toEqual({ path });
  });
});
