// Which Python runs LightGBM beside the trainer.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { lightgbmPython } from "../../bench/peer-python.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-bench-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program that stands for a Python, with or without the library. */
function python(name: string, hasLibrary: boolean): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\nexit ${hasLibrary ? 0 : 1}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("the Python with LightGBM", () => {
  it("is the one that the install script made, unless another one is named", () => {
    const [installed, named] = [python("installed", true), python("named", true)];
    expect(lightgbmPython({}, installed)).toEqual({ path: installed });
    expect(lightgbmPython({ PEER_PYTHON: "" }, installed)).toEqual({ path: installed });
    expect(lightgbmPython({ PEER_PYTHON: named }, installed)).toEqual({ path: named });
  });

  it("is told to be missing, with what to do, where it cannot import the library", () => {
    const without = python("without", false);
    const missing = `${without} cannot import it: run sh tests/peers/install.sh, or set PEER_PYTHON`;
    expect(lightgbmPython({}, without)).toEqual({ missing });
    expect(lightgbmPython({ PEER_PYTHON: "/nowhere/python" }, python("there", true))).toHaveProperty("missing");
  });
});
