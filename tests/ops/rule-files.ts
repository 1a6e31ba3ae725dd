// The rules of ops/prometheus and their unit tests, as plain values.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { yamlValue } from "../trainer/retrain/yaml-value.ts";

export const PROMETHEUS_FOLDER = join(import.meta.dirname, "../../ops/prometheus");

export interface Rule {
  /** Of a recording rule. */
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

/** One look of a unit test at an alert. */
export interface AlertLook {
  /** The alert's name, or a pattern of names. */
  readonly pattern: RegExp;
  readonly minute: number;
  /** The alerts that are expected to fire. */
  readonly firing: readonly string[];
}

interface TestFile {
  readonly tests: readonly {
    readonly name: string;
    readonly promql_expr_test?: readonly {
      readonly expr: string;
      readonly eval_time: string;
      readonly exp_samples?: readonly { readonly labels: string }[];
    }[];
  }[];
}

/** Every rule, in the order of the files. */
export function allRules(): Rule[] {
  return filesIn("rules").flatMap((text) => (yamlValue(text) as RuleFile).groups.flatMap(({ rules }) => rules));
}

/** What each unit test looks at, by the test's name. */
export function alertLooks(): ReadonlyMap<string, readonly AlertLook[]> {
  const tests = filesIn("tests").flatMap((text) => (yamlValue(text) as TestFile).tests);
  return new Map(tests.map(({ name, promql_expr_test: looks = [] }) => [name, looks.flatMap(lookOf)]));
}

function lookOf(look: NonNullable<TestFile["tests"][number]["promql_expr_test"]>[number]): AlertLook[] {
  const name = /^ALERTS\{alertname=~?"([^"]+)"/.exec(look.expr)?.[1];
  if (name === undefined) return [];
  const firing = (look.exp_samples ?? []).map(({ labels }) => /alertname="(\w+)"/.exec(labels)![1]!);
  return [{ pattern: new RegExp(`^(?:${name})$`), minute: minutesOf(look.eval_time), firing }];
}

/** Example: `minutesOf("10h30m")` is 630. */
function minutesOf(text: string): number {
  const [, hours = 0, minutes = 0] = /^(?:(\d+)h)?(?:(\d+)m)?$/.exec(text)!;
  return Number(hours) * 60 + Number(minutes);
}

function filesIn(folder: string): string[] {
  const path = join(PROMETHEUS_FOLDER, folder);
  return readdirSync(path).map((name) => readFileSync(join(path, name), "utf8"));
}
