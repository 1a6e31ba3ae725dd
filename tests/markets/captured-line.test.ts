// Lines of raw captures.
import { describe, expect, it } from "vitest";
import { capturedLine } from "../../src/markets/captured-line.ts";

describe("capturedLine", () => {
  it("reads the time of receipt before the message, in seconds and in nanoseconds", () => {
    expect(capturedLine('1618677786.801375: {"a":1}')).toEqual({ receivedMs: 1_618_677_786_801, text: '{"a":1}' });
    expect(capturedLine("1723161256172999999 [1]")).toEqual({ receivedMs: 1_723_161_256_172, text: "[1]" });
  });

  it("knows what the capturing client sent", () => {
    expect(capturedLine('wss://ws.kraken.com <- 1618678132.83: {"event":"subscribe"}')).toBe("sent");
    expect(capturedLine("wss://ws.kraken.com <-> 1618678132.36")).toBe("sent");
  });

  it("takes no other line for one", () => {
    for (const line of ['{"a":1}', "1618677786.80", "1618677786: ", "12: {}", "1723161256172216566", ""]) {
      const found = capturedLine(line);
      expect(found === undefined || (found !== "sent" && found.text === "")).toBe(true);
    }
  });
});
