import { describe, expect, it } from "vitest";
import { missingReason, reasonText, sentence } from "../../../trainer/report/verdict-text.ts";

describe("the words of a verdict", () => {
  it("spell out the gate's codes and pass on what is no code", () => {
    expect(reasonText("too_few_episodes")).toContain("fewer than 30");
    expect(reasonText("constructor")).toBe("constructor");
  });

  it("make a sentence of a remark", () => {
    expect(["only 3 episodes", "Nothing.", "why?", ""].map(sentence)).toEqual([
      "Only 3 episodes.",
      "Nothing.",
      "Why?",
      "",
    ]);
  });

  it("say why a figure is missing", () => {
    const of = (rows: number, positives: number) => missingReason({ rows, positives }, "no alerts");
    expect([of(0, 0), of(5, 0), of(5, 5), of(5, 2)]).toEqual(["no rows", "no spikes", "only spikes", "no alerts"]);
  });
});
