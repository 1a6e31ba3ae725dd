import { describe, expect, it } from "vitest";
import { type Env, parseSettings } from "../../src/settings.ts";
import { SettingsError } from "../../src/settings/settings-error.ts";

const parse = (variables: object) => parseSettings(variables as Env);

describe("the variables of a deployment", () => {
  it("have defaults where they are not set, and tokens are required then", () => {
    expect(parse({})).toMatchObject({
      ...{ tokensRequired: true, ingestTokens: [], adminTokens: [], maxSymbols: 50 },
      ...{ allowedSymbols: undefined, labelGiven: false, archive: undefined },
      engine: { grid: { stepMs: 1000, source: "last" } },
    });
    expect(parse({ MAX_SYMBOLS: "", STEP_MS: "", ALLOWED_SYMBOLS: " ", INGEST_TOKEN: "" })).toEqual(parse({}));
  });

  it("are read from texts, and numbers as wrangler.toml may give them", async () => {
    const asked: string[] = [];
    const bucket = { head: (key: string) => Promise.resolve(void asked.push(key)) };
    const variables = {
      ...{ ENVIRONMENT: "development", MAX_SYMBOLS: 5, STEP_MS: "60000", PRICE_SOURCE: "mid", BUCKET: bucket },
      ...{ ALLOWED_SYMBOLS: "btc-usd, ETH-USD", INGEST_TOKEN: "in", ADMIN_TOKEN: "admin" },
    };
    expect(parse(variables)).toMatchObject({
      ...{ tokensRequired: false, ingestTokens: ["in"], adminTokens: ["admin"], maxSymbols: 5 },
      allowedSymbols: new Set(["BTC-USD", "ETH-USD"]),
      engine: { grid: { stepMs: 60_000, source: "mid" } },
    });
    await parse(variables).archive!.head("a/key");
    expect(asked).toEqual(["a/key"]);
    expect(parse({ ...variables, ARCHIVE: "off" }).archive).toBeUndefined();
  });

  it.each([
    [{ MAX_SYMBOLS: "0" }, 'MAX_SYMBOLS: got "0", expected a whole number from 1 to 1000000'],
    [{ STEP_MS: "1s" }, 'STEP_MS: got "1s", expected a whole number from 100 to 3600000'],
    [{ STEP_MS: true }, "STEP_MS: got true, expected a whole number from 100 to 3600000"],
    [{ PRICE_SOURCE: "bid" }, 'PRICE_SOURCE: got "bid", expected last or mid'],
    [{ ARCHIVE: "" }, 'ARCHIVE: got "", expected on or off'],
    [{ ALLOWED_SYMBOLS: "BTC-USD,b d" }, 'ALLOWED_SYMBOLS: got "b d", expected symbols separated by commas'],
    [{ ALERT_RULES: "null" }, "ALERT_RULES: got null, expected an object"],
    [{ ALERT_RULES: '{"drift":[]}' }, "ALERT_RULES.drift: got a list, expected an object"],
    [{ LABEL: { quantile: 0.5 } }, "LABEL: got an object, expected JSON of a label spec"],
  ])("are refused as %j, naming variable, value and expectation", (variables, message) => {
    expect(() => parse(variables)).toThrow(SettingsError);
    expect(() => parse(variables)).toThrow(message);
  });

  it("have two tokens while one replaces the other, and those of reading for metrics that have none of their own", () => {
    const variables = { ENVIRONMENT: "test", INGEST_TOKEN: "old", INGEST_TOKEN_NEXT: "new", READ_TOKEN_NEXT: "reader" };
    expect(parse(variables)).toMatchObject({
      ...{ ingestTokens: ["old", "new"], adminTokens: [], readTokens: ["reader"], metricsTokens: ["reader"] },
      corsOrigins: [],
    });
    const own = { ...variables, METRICS_TOKEN_NEXT: "scraper", ADMIN_TOKEN: "a", ADMIN_TOKEN_NEXT: "" };
    expect(parse(own)).toMatchObject({ metricsTokens: ["scraper"], adminTokens: ["a"] });
  });

  it("never show a secret, whatever is wrong with it", () => {
    const secret = 12345678901234567890;
    const hook = (more: object) => JSON.stringify([{ name: "a", kind: "json", url: "https://a.test/x", ...more }]);
    for (const variables of [
      { INGEST_TOKEN: secret },
      { ADMIN_TOKEN: { value: secret } },
      { ADMIN_TOKEN_NEXT: secret },
      { ENVIRONMENT: "production", INGEST_TOKEN_NEXT: "12345" },
      { ALERT_WEBHOOKS: [secret] },
      { ALERT_WEBHOOKS: hook({ secret }) },
      { ALERT_WEBHOOKS: hook({ token: secret }) },
      { ALERT_WEBHOOKS: hook({ sekret: secret }) },
      { ALERT_RULES: `${secret}{` },
    ]) {
      let message = "";
      try {
        parse(variables);
      } catch (error) {
        message = String(error);
      }
      expect(message).toMatch(/^SettingsError: ((?:INGEST|ADMIN)_TOKEN(?:_NEXT)?|ALERT_WEBHOOKS|ALERT_RULES)/);
      expect(message).not.toContain("12345");
    }
  });
});
