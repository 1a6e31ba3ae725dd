// The command line of `serve`, and where variables come from.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseServeOptions } from "../../self-host/serve-options.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-serve-options-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TOKENS = { INGEST_TOKEN: "i".repeat(32), ADMIN_TOKEN: "a".repeat(32) };
const parse = (args: readonly string[], env = {}) => parseServeOptions(["--state", folder, ...args], env);

describe("serve", () => {
  it("listens on loopback, with wrangler.toml's variables", () => {
    const { host, port, variables } = parse([]);
    expect([host, port]).toEqual(["127.0.0.1", 8787]);
    expect(variables).toMatchObject({ ENVIRONMENT: "production", MAX_SYMBOLS: "50" });
  });

  it("needs a folder of state", () => {
    expect(() => parseServeOptions([], {})).toThrow("--state");
  });

  it.each(["0.0.0.0", "::", "192.0.2.1", "example.org"])(
    "refuses to listen on %s without tokens unless told",
    (host) => {
      expect(() => parse(["--host", host])).toThrow(/INGEST_TOKEN and ADMIN_TOKEN are not set/);
      expect(() => parse(["--host", host], { INGEST_TOKEN: TOKENS.INGEST_TOKEN })).toThrow(/ADMIN_TOKEN is not set/);
      expect(parse(["--host", host], TOKENS).host).toBe(host);
      expect(parse(["--host", host, "--open"]).host).toBe(host);
    },
  );

  it.each(["127.0.0.1", "127.1.2.3", "::1", "localhost"])("listens on %s without tokens", (host) => {
    expect(parse(["--host", host]).host).toBe(host);
  });

  it("takes variables from the environment, then files, then the command line", () => {
    const file = join(folder, "env");
    writeFileSync(file, "# tokens\nINGEST_TOKEN='from file'\nSTEP_MS=60000\nADMIN_TOKEN=\n");
    const env = { STEP_MS: "1", MAX_SYMBOLS: "7", ADMIN_TOKEN: "x", ENVIRONMENT: "development", HOME: "/" };
    const { variables } = parse(["--env-file", file, "--var", "STEP_MS=1000", "--var", "GRIDS=60s,5s"], env);
    expect(variables).toEqual({
      ENVIRONMENT: "production",
      MAX_SYMBOLS: "7",
      INGEST_TOKEN: "from file",
      STEP_MS: "1000",
      GRIDS: "60s,5s",
    });
    expect(parse(["--var", "ENVIRONMENT=development"]).variables["ENVIRONMENT"]).toBe("development");
  });

  it("refuses a name that the gateway does not read: a mistyped token would leave it open", () => {
    const file = join(folder, "mistyped");
    writeFileSync(file, "INGEST_TOKN=secret\n");
    expect(() => parse(["--env-file", file])).toThrow(/got INGEST_TOKN, which the gateway does not read/);
    expect(() => parse(["--var", "READTOKEN=x"])).toThrow(/--var: got READTOKEN/);
    expect(() => parse(["--var", "lower=x"])).toThrow(/--var: got lower=x, expected NAME=VALUE/);
    expect(() => parse(["--env-file", join(folder, "none")])).toThrow(/--env-file .*none.*no such file/);
  });
});
