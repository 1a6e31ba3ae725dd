import { describe, expect, it } from "vitest";
import { longestHistoryMs, longestWindowMs } from "../../src/durable/symbol/storage/longest-window.ts";
import { completeLabelSpec } from "../../src/features/complete-label-spec.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { DEFAULT_ENGINE_CONFIG, type EngineConfig } from "../../src/features/feature-engine.ts";

const DAY_MS = 86_400_000;

function onMinutes(label: object): EngineConfig {
  const grid = gridConfig(60_000);
  return { grid, label: completeLabelSpec({ minCount: 900, ...label }, grid) };
}

describe("the event time that a rebuild needs", () => {
  it("holds the label's window and the features of the longest horizons, whatever the age of a threshold", () => {
    const config = onMinutes({ horizonSteps: 1440, windowSteps: 1440 });
    expect(longestWindowMs(config) / DAY_MS).toBe(17);
    expect(longestHistoryMs(config)).toBeGreaterThanOrEqual(longestWindowMs(config));
  });

  it("is at least 2 h, and counts up to the age of a threshold's oldest value", () => {
    expect(longestWindowMs(DEFAULT_ENGINE_CONFIG)).toBe(2 * 3_600_000);
    expect(longestHistoryMs(DEFAULT_ENGINE_CONFIG)).toBe(7 * DAY_MS + 60_000);
    expect(longestHistoryMs(onMinutes({ horizonSteps: 1, windowSteps: 2880 }))).toBe(12 * DAY_MS + 60_000);
  });
});
