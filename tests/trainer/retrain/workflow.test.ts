// .github/workflows/retrain.yml: that it is YAML, and that all it names is there.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Webhook } from "../../../src/settings/webhook-schema.ts";
import { encodeWebhook } from "../../../src/durable/alerts/encode-webhook.ts";
import type { AlertRule } from "../../../src/quality/alerts/alert-change.ts";
import { parseRetrainOptions } from "../../../trainer/retrain/retrain-options.ts";
import { yamlValue } from "./yaml-value.ts";

const ROOT = join(import.meta.dirname, "../../..");
const text = readFileSync(join(ROOT, ".github/workflows/retrain.yml"), "utf8");

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly if?: string;
}

const workflow = yamlValue(text) as {
  readonly on: {
    readonly schedule: readonly { readonly cron: string }[];
    readonly repository_dispatch: { readonly types: readonly string[] };
    readonly workflow_dispatch: { readonly inputs: { readonly since: { readonly default: string } } };
  };
  readonly permissions: unknown;
  readonly concurrency: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly jobs: { readonly retrain: { readonly steps: readonly Step[] } };
};
const { steps } = workflow.jobs.retrain;
const step = steps.find(({ run }) => run?.includes("npm run retrain"))!;

/** The command as a shell hands it over. */
function commandLine(env: Readonly<Record<string, string>>): string[] {
  const line = step.run!.replace(/\$([A-Z_]+)/g, (_, name: string) => env[name]!);
  return line
    .trim()
    .split(/\s+/)
    .map((word) => word.replaceAll('"', ""));
}

describe("the retraining workflow", () => {
  it("runs weekly, by hand, and on the very events that the gateway dispatches", () => {
    expect(workflow.on.schedule).toEqual([{ cron: expect.stringMatching(/^\d+ \d+ \* \* [0-6]$/) }]);
    const webhook: Webhook = {
      ...{ name: "x", kind: "github", url: "https://api.github.com/repos/o/r", secret: undefined, token: "t" },
      ...{ rules: [], minSeverity: "info" },
    };
    const change = { id: "", symbol: "X", state: "firing", severity: "info", atMs: 0, sinceMs: 0 } as const;
    const eventOf = (rule: AlertRule): string => {
      const { body } = encodeWebhook([{ ...change, rule, summary: "", figures: {}, model: null }], webhook, "volgate");
      return (JSON.parse(body) as { event_type: string }).event_type;
    };
    const rules = ["drift", "pr_auc_fell", "calibration"] as const;
    expect(workflow.on.repository_dispatch.types).toEqual(rules.map(eventOf));
  });

  it("calls a script of package.json with options that its parser takes, none of them quoted open", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    for (const [, script] of text.matchAll(/npm run ([\w:-]+)/g)) expect(Object.keys(scripts)).toContain(script);
    const { since } = workflow.on.workflow_dispatch.inputs;
    const words = commandLine({ BUCKET: "ticks-1", SINCE: since.default, GATEWAY_URL: "https://gateway.example" });
    expect(words.slice(0, 4)).toEqual(["npm", "run", "retrain", "--"]);
    expect(parseRetrainOptions(words.slice(4), Date.UTC(2026, 10, 23))).toMatchObject({
      from: ["r2://ticks-1/ticks/"],
      sinceMs: Date.UTC(2026, 9, 24),
      gateway: "https://gateway.example",
      training: { config: { bucket: { to: "r2://ticks-1" }, out: "artifacts" } },
    });
    for (const [, name] of step.run!.matchAll(/(.)\$[A-Z_]+/g)) expect(name).toMatch(/["/]/);
  });

  it("hands over its secrets by name, as environment and nowhere else", () => {
    const { env } = step;
    const names = ["ADMIN_TOKEN", "GATEWAY_URL", "R2_ACCESS_KEY_ID", "R2_ACCOUNT_ID", "R2_SECRET_ACCESS_KEY"];
    for (const name of names) expect(env![name]).toBe(`\${{ secrets.${name} }}`);
    expect([...text.matchAll(/secrets\.(\w+)/g)].map(([, name]) => name).sort()).toEqual(names);
    for (const { run } of steps) expect(run ?? "").not.toContain("${{");
  });

  it("may read the repository and nothing more, one run at a time", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    expect(workflow.concurrency).toEqual({ group: "retrain", "cancel-in-progress": false });
  });

  it("checks out, installs, retrains, and keeps the report whatever came of it", () => {
    expect(steps.map(({ uses, run }) => uses?.split("@")[0] ?? run!.split(" ").slice(0, 3).join(" "))).toEqual([
      "actions/checkout",
      "actions/setup-node",
      "npm ci",
      "npm run retrain",
      "actions/upload-artifact",
    ]);
    expect(steps.at(-1)).toMatchObject({
      if: "always()",
      with: { path: expect.stringContaining("artifacts/report.json") },
    });
  });
});
