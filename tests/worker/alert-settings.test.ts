import { describe, expect, it } from "vitest";
import { type Env, parseSettings } from "../../src/settings.ts";

describe("the alert variables", () => {
  const parseAlertSettings = (variables: object) => parseSettings(variables as Env).alerts;
  const hook = (more: object) => JSON.stringify([{ name: "a", kind: "json", url: "https://a.test/x", ...more }]);

  it("give no webhooks and the defaults when they are not set", () => {
    const defaults = { gateway: "volgate", webhooks: [], deadlineMs: 10_000, backoffMs: 5000 };
    expect(parseAlertSettings({})).toMatchObject(defaults);
    expect(parseAlertSettings({ ALERT_WEBHOOKS: " ", ALERT_RULES: "", GATEWAY_NAME: "" })).toMatchObject(defaults);
    expect(parseAlertSettings({ ALERT_RULES: '{"drift":{"fireAfter":1}}' }).limits.drift.fireAfter).toBe(1);
  });

  it("allow http on loopback, in development alone", () => {
    for (const url of ["http://127.0.0.1:9/x", "http://localhost/x", "http://[::1]:80/x"]) {
      expect(parseAlertSettings({ ALERT_WEBHOOKS: hook({ url }), ENVIRONMENT: "development" }).webhooks).toHaveLength(
        1,
      );
      expect(() => parseAlertSettings({ ALERT_WEBHOOKS: hook({ url }) })).toThrow(
        "expected https, or http on loopback",
      );
    }
    const other = { ALERT_WEBHOOKS: hook({ url: "http://127.0.0.1.evil.test/" }), ENVIRONMENT: "development" };
    expect(() => parseAlertSettings(other)).toThrow("got http://127.0.0.1.evil.test, expected https");
  });

  it.each([
    ["{", "ALERT_WEBHOOKS: got 1 characters that are no JSON, expected JSON"],
    ["{}", "ALERT_WEBHOOKS: got an object, expected a list of webhooks"],
    [JSON.stringify(Array(11).fill(JSON.parse(hook({}))[0])), "ALERT_WEBHOOKS: got 11 entries, expected at most 10"],
    ["[7]", "ALERT_WEBHOOKS[0]: got 7, expected an object"],
    [hook({ urll: 1 }), "ALERT_WEBHOOKS[0].urll: got an unknown field, expected name, kind, url"],
    [hook({ name: "A b" }), 'ALERT_WEBHOOKS[0].name: got "A b", expected 1 to 32 of'],
    [hook({ kind: "pager" }), 'ALERT_WEBHOOKS[0].kind: got "pager", expected one of slack, json, cloudevents, github'],
    [hook({ url: 7 }), "ALERT_WEBHOOKS[0].url: got 7, expected https"],
    [hook({ url: "nowhere" }), "ALERT_WEBHOOKS[0].url: got no address, expected https"],
    [hook({ url: "ftp://a.test/" }), "ALERT_WEBHOOKS[0].url: got ftp://a.test, expected https"],
    [hook({ url: "https://me:pass@a.test/" }), "ALERT_WEBHOOKS[0].url: got an address with a password"],
    [hook({ secret: "short" }), "ALERT_WEBHOOKS[0].secret: got 5 characters, expected 16 to 256 characters"],
    [hook({ token: "a b" }), "ALERT_WEBHOOKS[0].token: got 3 characters, expected 1 to 512 printable"],
    [hook({ kind: "github" }), "ALERT_WEBHOOKS[0].token: got nothing, expected a token for the repository"],
    [hook({ kind: "slack", token: "abc" }), "ALERT_WEBHOOKS[0].token: got one, expected none"],
    [hook({ kind: "slack", secret: "x".repeat(16) }), "ALERT_WEBHOOKS[0].secret: got one, expected none"],
    [hook({ rules: "drift" }), 'ALERT_WEBHOOKS[0].rules: got "drift", expected a list of rules'],
    [hook({ rules: ["drift", "x"] }), 'ALERT_WEBHOOKS[0].rules[1]: got "x", expected one of pr_auc_fell, '],
    [
      hook({ minSeverity: "page" }),
      'ALERT_WEBHOOKS[0].minSeverity: got "page", expected one of info, warning, critical',
    ],
    [`[${hook({}).slice(1, -1)},${hook({}).slice(1, -1)}]`, "ALERT_WEBHOOKS[1].name: got a again, expected names that"],
  ])("refuse webhooks %s", (text, message) => {
    expect(() => parseAlertSettings({ ALERT_WEBHOOKS: text })).toThrow(message);
  });

  it("refuse other values and name the variable", () => {
    expect(() => parseAlertSettings({ ALERT_RULES: '{"drift":{"fireAfter":0}}' })).toThrow(
      "ALERT_RULES.drift.fireAfter: got 0",
    );
    expect(() => parseAlertSettings({ ALERT_RULES: "[" })).toThrow("ALERT_RULES: got 1 characters that are no JSON");
    expect(() => parseAlertSettings({ GATEWAY_NAME: "a b" })).toThrow('GATEWAY_NAME: got "a b"');
    expect(() => parseAlertSettings({ WEBHOOK_DEADLINE_MS: "1" })).toThrow('WEBHOOK_DEADLINE_MS: got "1", expected');
    expect(() => parseAlertSettings({ WEBHOOK_BACKOFF_MS: "x" })).toThrow('WEBHOOK_BACKOFF_MS: got "x", expected');
  });

  it("never show a secret in what they are refused with", () => {
    const secret = "s3cret-s3cret-s3cret";
    const texts = [
      `[{"secret":"${secret}"`,
      hook({ secret: `${secret}\u0000`.repeat(20) }),
      hook({ kind: "slack", secret }),
      hook({ kind: "slack", token: secret }),
      hook({ url: `http://a.test/${secret}` }),
      hook({ url: `https://x:${secret}@a.test/` }),
      hook({ url: `bad address ${secret}` }),
      hook({ token: `${secret} with a space` }),
    ];
    for (const text of texts) {
      let message = "";
      try {
        parseAlertSettings({ ALERT_WEBHOOKS: text });
      } catch (error) {
        message = String(error);
      }
      expect(message).toMatch(/^SettingsError: ALERT_WEBHOOKS/);
      expect(message).not.toContain(secret);
    }
  });
});
