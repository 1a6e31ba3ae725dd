import { describe, expect, it } from "vitest";
import { html } from "../../report/html.ts";
import { pageFrame, sectionLinks, sectionList } from "../../report/page-frame.ts";
import { table } from "../../report/table.ts";
import { textOf, unclosedTags } from "./page-text.ts";

const columns = [{ head: "Model" }, { head: "PR-AUC", numeric: true }, { head: "Why", sentences: true }];

describe("a table", () => {
  it("sets numbers right and gives sentences room", () => {
    const { text } = table({ caption: "c", columns, rows: [["a", "0.1", "because"]] });
    expect(text).toContain('<th scope="row">a</th>');
    expect(text).toContain('<td class="num">0.1</td>');
    expect(text).toContain('<td class="sentences">because</td>');
    expect(unclosedTags(text)).toEqual([]);
  });

  it("lets the last cell of a short row span the rest", () => {
    expect(table({ caption: "c", columns, rows: [["a", "no figures"]] }).text).toContain(
      '<td class="wide" colspan="2">no figures</td>',
    );
  });

  it("says that there is nothing where there is no row", () => {
    expect(textOf(table({ caption: "Alerts.", columns, rows: [] }).text)).toBe(" Alerts. None. ");
    expect(textOf(table({ caption: "Changes.", columns, rows: [], nothing: "No change." }).text)).toContain(
      "No change.",
    );
  });
});

describe("the page", () => {
  const sections = [
    { id: "one", title: "First <part>", content: html`<p>text</p>` },
    { id: "two", title: "Second", content: null },
  ];
  const page = pageFrame({
    title: "A & B",
    eyebrow: "weekly report",
    main: [sectionLinks(sections), sectionList(sections)],
  });

  it("loads nothing, and forbids scripts whatever it holds", () => {
    expect(page.startsWith("<!doctype html>")).toBe(true);
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|base|form)\b|url\(|@import|https?:/i);
    expect(page).toContain("default-src 'none'; style-src 'unsafe-inline'");
    expect(page).toContain("prefers-color-scheme:dark");
    expect(unclosedTags(page)).toEqual([]);
  });

  it("links to every section, and takes no title for markup", () => {
    expect(page).toContain("<title>A &amp; B</title>");
    expect(page).toContain('<a href="#one">First &lt;part&gt;</a>');
    expect(page).toContain('<section id="two">');
  });
});
