import { describe, expect, it } from "vitest";
import { StateFormatError } from "../../src/features/binary-container.ts";
import { encodePage } from "../../src/features/page-buffer.ts";
import { CHUNK_STEPS, STEP_FLAG, StepChunk } from "../../src/steps/step-chunk.ts";

describe("a chunk of steps", () => {
  it("has its models again after it was written", () => {
    const chunk = new StepChunk(7);
    const models = Array.from({ length: 260 }, (_, k) => ({ sha12: String(k).padStart(12, "0"), labelHash: "ab" }));
    models.forEach((model, at) => chunk.setModel(at, model));
    chunk.setModel(299, models[3]!);
    const again = StepChunk.decode(chunk.encode());
    expect([again.modelOf(0), again.modelOf(254), again.modelOf(299)]).toEqual([models[0], models[254], models[3]]);
    // A chunk has room for 255 of them.
    expect([again.modelOf(255), again.modelOf(270)]).toEqual([undefined, undefined]);
  });

  it("of the version before is read, without models", () => {
    const column = (): Float32Array => new Float32Array(CHUNK_STEPS).fill(0.25);
    const flags = new Uint8Array(CHUNK_STEPS).fill(STEP_FLAG.known);
    const columns = [new Float64Array(CHUNK_STEPS).fill(5), column(), column(), column(), column(), column(), flags];
    const chunk = StepChunk.decode(encodePage("step-chunk 1", { numbers: { number: 7 }, arrays: columns }));
    expect([chunk.number, chunk.price[3], chunk.sigmaBps[299], chunk.isKnown(299)]).toEqual([7, 5, 0.25, true]);
    expect(chunk.modelOf(3)).toBeUndefined();
    expect(StepChunk.decode(chunk.encode()).modelOf(3)).toBeUndefined();
  });

  it.each([-1, 0.5, 1e300, undefined])("with the number %s is refused", (number) => {
    const chunk = encodePage("step-chunk 1", { numbers: number === undefined ? {} : { number }, arrays: [] });
    expect(() => StepChunk.decode(chunk)).toThrow(StateFormatError);
  });

  it("of another kind is refused", () => {
    expect(() => StepChunk.decode(encodePage("step-chunk 3", { numbers: {}, arrays: [] }))).toThrow("step-chunk 2");
  });
});
