// The unit tests of the alert rules, and the rules as promtool reads them.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { missingPrometheus, prometheusProgram } from "../peers/prometheus.ts";
import { ChildProgram, runSuccessfully } from "../processes/child-program.ts";
import { PROMETHEUS_FOLDER } from "./rule-files.ts";

const missing = missingPrometheus();
const pathsIn = (folder: string): string[] =>
  readdirSync(join(PROMETHEUS_FOLDER, folder)).map((name) => join(PROMETHEUS_FOLDER, folder, name));

describe.skipIf(missing)(missing === undefined ? "promtool" : `promtool (${missing})`, () => {
  const promtool = async (...args: string[]): Promise<string> =>
    (await runSuccessfully(prometheusProgram("promtool"), args, { withinMs: 240_000 })).stdout;

  it.each(pathsIn("tests").map((path) => [path.slice(PROMETHEUS_FOLDER.length + 1), path]))(
    "passes the unit tests of %s",
    async (_, path) => {
      expect(await promtool("test", "rules", path!)).toContain("SUCCESS");
    },
  );

  it("fails a unit test whose alert does not fire, so that a pass means something", async () => {
    const text = await promtoolStatus(join(import.meta.dirname, "failing-rule-test.yml"));
    expect(text).toMatch(/FAILED/);
  });

  it("finds every rule and the configuration sound", async () => {
    const checked = await promtool("check", "rules", "--lint-fatal", ...pathsIn("rules"));
    expect(checked.match(/SUCCESS/g)).toHaveLength(pathsIn("rules").length);
    expect(await promtool("check", "config", "--syntax-only", join(PROMETHEUS_FOLDER, "prometheus.yml"))).toContain(
      "SUCCESS",
    );
  });
});

async function promtoolStatus(path: string): Promise<string> {
  const { status, stdout, stderr } = await new ChildProgram(prometheusProgram("promtool"), ["test", "rules", path])
    .ended;
  expect(status).not.toBe(0);
  return stdout + stderr;
}
