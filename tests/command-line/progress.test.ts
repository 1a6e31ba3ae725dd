import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { startProgress } from "../../command-line/progress.ts";

function written(withoutTerminal: "lines" | "nothing"): string {
  let text = "";
  const stream = new Writable({
    write: (chunk, _, done) => {
      text += String(chunk);
      done();
    },
  }) as NodeJS.WriteStream;
  const progress = startProgress({ label: "replay", total: 2000, unit: "ticks", withoutTerminal, stream });
  progress.update(500);
  progress.note("gateway: again");
  progress.update(3, { total: 4, unit: "folds" });
  progress.stop();
  return text;
}

describe("progress where stderr is no terminal", () => {
  it("is a plain line now and then, and one at the end", () => {
    expect(written("lines")).toMatch(/^gateway: again\nreplay 75% \| 3\/4 folds \| \d+\.\d s\n$/);
  });

  it("prints only notes where it is set to print nothing", () => {
    expect(written("nothing")).toBe("gateway: again\n");
  });
});
