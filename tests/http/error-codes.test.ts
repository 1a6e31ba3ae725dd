import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CONTRACTS } from "../../src/http/contracts.ts";
import { ERROR_CODES, type ErrorCode } from "../../src/http/error-codes.ts";
import { errorsOf } from "../../src/http/openapi-document.ts";

const TESTS = join(import.meta.dirname, "..");
const CODES = Object.keys(ERROR_CODES) as ErrorCode[];

describe("every error code of the catalogue", () => {
  it("is one that some route may answer, or stands for no route", () => {
    const answered = new Set<ErrorCode>(CONTRACTS.flatMap((contract) => [...errorsOf(contract)]));
    for (const code of CODES) {
      if (code !== "no_such_route" && code !== "method_not_allowed") expect(answered).toContain(code);
    }
  });

  it("is named in a test of the Worker", () => {
    const folders = ["worker", "grids"].map((name) => join(TESTS, name));
    const files = folders.flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)));
    const tests = files.filter((file) => file.endsWith(".test.ts"));
    const text = tests.map((file) => readFileSync(file, "utf8")).join("\n");
    // tests/worker/models.test.ts asserts `artifact_${code}` for a table of codes.
    const isNamed = (code: string): boolean =>
      [code, code.replace(/^artifact_/, "")].some((word) => text.includes(`"${word}"`));
    expect(CODES.filter((code) => !isNamed(code))).toEqual([]);
  });
});
