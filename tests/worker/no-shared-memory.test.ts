import { expect, it } from "vitest";
import { watchedMemories } from "./wasm-memory.ts";

it("scores in workerd where SharedArrayBuffer is absent, on a memory that is not shared", async () => {
  expect(Reflect.deleteProperty(globalThis, "SharedArrayBuffer")).toBe(true);
  const { createSession, runSession } = await import("../../src/model/runtime.ts");
  const { BUNDLED, bundledArtifact } = await import("../../src/model/bundled.ts");
  const { onnx } = bundledArtifact(BUNDLED.persistence)!;
  const session = await createSession(new Uint8Array(onnx));
  const [probability] = await runSession(
    session,
    { input: "features", outputs: ["probability"] },
    Float32Array.of(0),
    1,
  );
  expect(probability![0]! > 0 && probability![0]! < 1).toBe(true);
  const kinds = watchedMemories().map(({ buffer }) => Object.prototype.toString.call(buffer));
  expect(kinds).toEqual(["[object ArrayBuffer]"]);
  await session.release();
});
