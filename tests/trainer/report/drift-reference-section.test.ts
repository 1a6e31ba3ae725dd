import { describe, expect, it } from "vitest";
import { driftReferenceSection } from "../../../trainer/report/drift-reference-section.ts";
import { html } from "../../../report/html.ts";
import { textOf } from "../../report/page-text.ts";
import { bareReport, manyFoldsReport } from "./sample-report.ts";

describe("the section on the drift reference", () => {
  const text = textOf(html`<div>${driftReferenceSection(manyFoldsReport())}</div>`.text);

  it("says what a calibrated window promises and why another is not calibrated", () => {
    expect(text).toContain("1h : from 336 training windows, for a false alarm in 5.0 % of the windows");
    expect(text).toContain("when more than 40.0 % of its features did, or one lies above 1.75 times its threshold");
    expect(text).toContain("24h : not calibrated, 14 training windows of 24h, at least 100 needed");
  });

  it("lists the threshold of every feature, and a feature without one as such", () => {
    expect(text).toContain("ewma_60_over_tau 0.080");
    expect(text).toContain("rv_60_over_tau 0.140");
    expect(text).toMatch(/probability – too few values/);
    expect(text).not.toContain("24h 0");
  });

  it("says why there is none when nothing was learned", () => {
    const none = textOf(html`<div>${driftReferenceSection(bareReport())}</div>`.text);
    expect(none).toContain("No learned model was fitted");
  });
});
