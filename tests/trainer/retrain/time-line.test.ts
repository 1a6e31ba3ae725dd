import { describe, expect, it } from "vitest";
import { TimeLine, timeText } from "../../../trainer/retrain/time-line.ts";

describe("the time line", () => {
  it("prints wall time, event time, what and figures as it happens", () => {
    const lines: string[] = [];
    const line = new TimeLine(
      (text) => lines.push(text),
      () => Date.UTC(2026, 0, 1, 12),
    );
    line.add("drift alert", { eventMs: 0, figures: "share 0.8" });
    line.add("gateway answers");
    expect(lines).toEqual(["12:00:00  (1970-01-01 00:00)  drift alert: share 0.8", "12:00:00  (–)  gateway answers"]);
  });

  it("lays all of it out as a table with a heading", () => {
    const line = new TimeLine(
      () => undefined,
      () => Date.UTC(2026, 0, 1, 0, 0, 9),
    );
    expect(line.table()).toEqual(["event time (UTC)  wall  event  figures"]);
    line.add("fed", { eventMs: Date.UTC(2026, 10, 20, 14, 15), figures: "3 ticks" });
    line.add("end");
    expect(line.table()).toEqual([
      "event time (UTC)  wall      event  figures",
      "2026-11-20 14:15  00:00:09  fed    3 ticks",
      "–                 00:00:09  end",
    ]);
    expect(line.entries.map(({ eventMs }) => eventMs)).toEqual([Date.UTC(2026, 10, 20, 14, 15), null]);
  });

  it("cuts times to the minute", () => {
    expect([timeText(59_999), timeText(null)]).toEqual(["1970-01-01 00:00", "–"]);
  });
});
