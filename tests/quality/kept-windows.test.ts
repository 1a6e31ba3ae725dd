import { describe, expect, it } from "vitest";
import { KeptWindows } from "../../src/durable/symbol/evaluation/kept-windows.ts";
import { LiveQuality } from "../../src/quality/live-quality.ts";
import type { WindowName } from "../../src/quality/window-quality.ts";

/** Every computation gives a window of its own. */
const compute = (quality: LiveQuality, name: WindowName, question: string) => ({ quality, name, question });

describe("windows that are kept", () => {
  it("are computed anew in turns, each symbol's once in its time", () => {
    const kept = new KeptWindows(compute, { staggered: true });
    const symbols = Array.from({ length: 10 }, () => new LiveQuality(1000));
    const last = symbols.map((quality) => kept.window(quality, "1h", "", { eventMs: 0, keptMs: 900_000 }));
    const renewed = Array.from({ length: 15 }, (_, minute) => {
      const eventMs = (minute + 1) * 60_000;
      return symbols.filter((quality, i) => {
        const before = last[i];
        last[i] = kept.window(quality, "1h", "", { eventMs, keptMs: 900_000 });
        return last[i] !== before;
      }).length;
    });
    expect(renewed.reduce((sum, n) => sum + n, 0)).toBe(10);
    expect(Math.max(...renewed)).toBe(1);
  });

  it("are computed anew when the question or the models change", () => {
    const kept = new KeptWindows(compute);
    const quality = new LiveQuality(1000);
    const at = { eventMs: 30_000, keptMs: 60_000 };
    const first = kept.window(quality, "24h", "one", at);
    expect(kept.window(quality, "24h", "one", { ...at, eventMs: 59_999 })).toBe(first);
    expect(kept.window(quality, "24h", "another", at)).not.toBe(first);
    const second = kept.window(quality, "24h", "one", at);
    quality.setSeries([{ sha256: "a".repeat(64), threshold: 0.5, labelText: "l", spec: 0, horizonSteps: 60 }]);
    expect(kept.window(quality, "24h", "one", at)).not.toBe(second);
  });
});
