// The runbook against the rules: whoever is woken finds the section of what woke him.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ALERT_RULES } from "../../src/quality/alerts/alert-change.ts";
import { blocksOf, sectionsOf } from "../processes/document-sections.ts";
import { documents } from "../processes/documents.ts";
import { alertLooks, allRules } from "./rule-files.ts";

const PAGE = "docs/operations/runbook.md";
const page = readFileSync(join(import.meta.dirname, "../..", PAGE), "utf8");
const sections = sectionsOf(page);
const inPart = (title: string) => sections.filter(({ level, within }) => level === 3 && within.includes(title));
const alerts = allRules().filter(({ alert }) => alert !== undefined);

describe("every alert of Prometheus", () => {
  const looks = [...alertLooks().values()];

  it.each(alerts.map((rule) => [rule.alert!, rule] as const))("%s has its words, and its section", (name, rule) => {
    const { summary, description, runbook_url: url } = rule.annotations!;
    expect([summary, description]).toEqual([expect.stringMatching(/\S/), expect.stringMatching(/\S/)]);
    const severity = rule.labels!["severity"];
    expect(["page", "ticket", "info"]).toContain(severity);
    const [path, anchor] = url!.split("#");
    expect(path).toBe(PAGE);
    const section = inPart("Alerts of Prometheus").find((one) => one.anchor === anchor);
    expect(section?.text, `${PAGE}#${anchor}`).toContain(`\`${name}\` (${severity})`);
  });

  it.each(alerts.map(({ alert }) => alert!))("%s is tested before it fires, while it fires, and after", (name) => {
    const isTested = looks.some((ofTest) => {
      const own = ofTest.filter(({ pattern }) => pattern.test(name));
      const fires = own.find(({ firing }) => firing.includes(name))?.minute;
      const quiet = own.filter(({ firing }) => !firing.includes(name)).map(({ minute }) => minute);
      return fires !== undefined && quiet.some((at) => at < fires) && quiet.some((at) => at > fires);
    });
    expect(isTested).toBe(true);
  });
});

describe("every section of the runbook", () => {
  it("about an alert of Prometheus is named by one, and says what to look at, what to do, and when it ends", () => {
    const named = new Set(alerts.map(({ annotations }) => annotations!["runbook_url"]!.split("#")[1]));
    for (const { anchor, text } of inPart("Alerts of Prometheus")) {
      expect(named).toContain(anchor);
      for (const part of ["**Look.**", "**Do.**", "**Ends**"]) expect(text, anchor).toContain(part);
    }
  });

  it("about an alert of the gateway is one of its rules, and every rule has one", () => {
    const titles = inPart("Alerts of the gateway").map(({ title }) => title);
    expect(titles.sort()).toEqual([...ALERT_RULES].sort());
    for (const { text } of inPart("Alerts of the gateway")) expect(text).toMatch(/^(Critical|Warning|Info)\./m);
  });

  it("that is a procedure has a command, or a table of where to look", () => {
    for (const { anchor, text } of inPart("Procedures")) {
      expect(blocksOf(text, "sh").length > 0 || text.includes("| -"), anchor).toBe(true);
    }
  });

  it("has an anchor of its own, and links to anchors that exist", () => {
    const anchors = sections.map(({ anchor }) => anchor);
    expect(new Set(anchors).size).toBe(anchors.length);
    const elsewhere = new Map(documents().map(([path, text]) => [path, sectionsOf(text).map(({ anchor }) => anchor)]));
    for (const [, path, anchor] of page.matchAll(/\]\(([\w./-]*)#([\w-]+)\)/g)) {
      const there = path === "" ? anchors : elsewhere.get(join("docs/operations", path!));
      expect(there, `${path}#${anchor}`).toContain(anchor);
    }
  });
});
