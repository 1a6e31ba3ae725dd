// `wrangler deploy --dry-run` of every environment of wrangler.toml: what it would bind, and how large it is.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { ROOT, WRANGLER } from "../../local-gateway/wrangler-dev.ts";
import { readGatewayFacts } from "../../local-gateway/gateway-facts.ts";
import { ChildProgram } from "../processes/child-program.ts";

/** Of a Worker, uncompressed, since September 2026; before, 10 MB compressed. */
const MOST_KIB = 64 * 1024;
/** A bundle that grows past it has taken something in that it should not have. */
const MOST_GZIP_KIB = 8 * 1024;

const folder = mkdtempSync(join(tmpdir(), "volgate-dry-run-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ["the default", [], "production", "volgate"],
  ["staging", ["--env", "staging"], "staging", "volgate-staging"],
  ["production", ["--env", "production"], "production", "volgate"],
] as const)("bundles %s environment with all its bindings, below the platform's limit", async (name, env, mode, bucket) => {
  // Without an environment wrangler asks for `--env ""`, when a configuration has several.
  const chosen = env.length === 0 ? ["--env", ""] : env;
  const args = [WRANGLER, "deploy", "--dry-run", ...chosen, "--outdir", join(folder, mode)];
  const variables = { WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" };
  const { status, stdout, stderr } = await new ChildProgram(process.execPath, args, { env: variables }).ended;
  expect([status, stderr]).toEqual([0, ""]);
  const [, total, gzip] = /Total Upload: ([\d.]+) KiB \/ gzip: ([\d.]+) KiB/.exec(stdout)!;
  console.log(`${name}: ${total} KiB, gzip ${gzip} KiB`);
  expect(Number(total)).toBeLessThan(MOST_KIB);
  expect(Number(gzip)).toBeLessThan(MOST_GZIP_KIB);
  for (const [binding, className] of Object.entries(readGatewayFacts(ROOT).classes)) {
    expect(stdout).toContain(`env.${binding} (${className})`);
  }
  expect(stdout).toContain(`env.BUCKET (${bucket})`);
  expect(stdout).toContain(`env.ENVIRONMENT ("${mode}")`);
});

it("asks for the secrets of .dev.vars.example, which open nothing", () => {
  const example = readFileSync(join(ROOT, ".dev.vars.example"), "utf8");
  const asked = [...example.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
  expect(asked).toEqual([
    ["INGEST_TOKEN", ""],
    ["ADMIN_TOKEN", ""],
  ]);
  const { cloudflare } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    cloudflare: { bindings: Record<string, { description: string }> };
  };
  const { variables, bucketBinding } = readGatewayFacts(ROOT);
  const described = [...asked.map(([name]) => name), ...Object.keys(variables), bucketBinding];
  expect(Object.keys(cloudflare.bindings).sort()).toEqual(described.sort());
});
