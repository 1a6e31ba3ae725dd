import { expect, it } from "vitest";
import { requireOpenFiles } from "../../bench/require-open-files.ts";

const limits = (soft: string) =>
  `Limit  Soft Limit  Hard Limit  Units\nMax open files            ${soft}  20000   files\n`;

it("refuses more sockets than the open files that are allowed, and says how many would do", () => {
  expect(() => requireOpenFiles(10_000, limits("20000"))).toThrow("--idle: got 10000, expected at most 9925");
  expect(() => requireOpenFiles(1, limits("100"))).toThrow("expected at most 0");
});

it("takes as many as there is room for, and any number without a limit", () => {
  expect(() => requireOpenFiles(9_925, limits("20000"))).not.toThrow();
  expect(() => requireOpenFiles(15_000, limits("unlimited"))).not.toThrow();
});
