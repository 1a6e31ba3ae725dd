import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inferRequestSchema } from "../../src/http/infer-schema.ts";
import { inferenceAnswer } from "../../src/http/inference-answer.ts";
import { Problem } from "../../src/http/problem.ts";
import { readRawRows, readRows } from "../../src/http/read-rows.ts";
import { decodeFloats, encodeFloats, joinFrame, splitFrame } from "../../src/http/tensor-frame.ts";
import { check } from "../../src/schemas/check.ts";

/** A float32 that a row may have: finite, or NaN for a missing one. */
const cell = fc.oneof(fc.float({ noDefaultInfinity: true }), fc.constant(NaN));
const table = fc
  .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 9 }))
  .chain(([rows, columns]) =>
    fc
      .array(cell, { minLength: rows * columns, maxLength: rows * columns })
      .map((values) => ({ rows, columns, values: Float32Array.from(values) })),
  );
type Table = typeof table extends fc.Arbitrary<infer T> ? T : never;

/** Little-endian, by the platform's own typed arrays. */
const bytesOf = (values: ArrayLike<number>, Type: typeof Float32Array | typeof Float64Array): Uint8Array =>
  new Uint8Array(new Type(values).buffer);
const model = ({ columns }: Table) => ({ name: "features", columns });
const parsed = (input: unknown) => {
  const result = check(inferRequestSchema, { inputs: [input] }, "body");
  if (!result.ok) throw new Error(result.fault.field);
  return result.value.inputs[0]!;
};
const described = ({ rows, columns }: Table, more: object) =>
  parsed({ name: "features", shape: [rows, columns], datatype: "FP32", ...more });
const nullable = (x: number): number | null => (Number.isNaN(x) ? null : x);

describe("rows of an inference request", () => {
  it("are the same from bytes, float64, flat and nested JSON, and a body of rows alone", () => {
    fc.assert(
      fc.property(table, (one) => {
        const { rows, columns, values } = one;
        const floats = bytesOf(values, Float32Array);
        const doubles = bytesOf(values, Float64Array);
        const flat = JSON.parse(JSON.stringify(Array.from(values, nullable))) as unknown[];
        const nested = Array.from({ length: rows }, (_, i) => flat.slice(i * columns, (i + 1) * columns));
        const none = new Uint8Array(0);
        // −0 is 0 in JSON.
        const plain = values.map((x) => (x === 0 ? 0 : x));
        const size = (bytes: Uint8Array) => ({ parameters: { binary_data_size: bytes.length } });
        expect(readRows(described(one, size(floats)), floats, model(one))).toEqual(values);
        const wide = described(one, { datatype: "FP64", ...size(doubles) });
        expect(readRows(wide, doubles, model(one))).toEqual(values);
        expect(readRows(described(one, { data: flat }), none, model(one))).toEqual(plain);
        expect(readRows(described(one, { data: nested }), none, model(one))).toEqual(plain);
        expect(readRawRows(floats, model(one))).toEqual(values);
      }),
    );
  });

  it("are read or refused by a problem, whatever comes", () => {
    const input = fc.record(
      {
        name: fc.constantFrom("features", "other"),
        shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
        datatype: fc.constantFrom("FP32", "FP64"),
        data: fc.oneof(fc.array(fc.anything(), { maxLength: 9 }), fc.array(fc.double(), { maxLength: 9 })),
        parameters: fc.record({ binary_data_size: fc.integer({ min: 0, max: 64 }) }),
      },
      { requiredKeys: ["name", "shape", "datatype"] },
    );
    fc.assert(
      fc.property(input, fc.uint8Array({ maxLength: 64 }), (value, tensors) => {
        try {
          const rows = readRows(parsed(value), tensors, { name: "features", columns: 2 });
          expect(rows.length).toBe(2 * value.shape[0]!);
          for (const x of rows) expect(Math.abs(x)).not.toBe(Infinity);
        } catch (error) {
          expect(error).toBeInstanceOf(Problem);
          expect((error as Problem).message).toMatch(/: got .*, expected /);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("the frame of JSON and bytes", () => {
  it("comes apart as it was joined, wherever it lies in a buffer", () => {
    const tensors = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 4 });
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), tensors, fc.integer({ min: 0, max: 9 }), (id, parts, offset) => {
        const text = JSON.stringify({ id });
        const { body, jsonBytes } = joinFrame(text, parts);
        const moved = new Uint8Array([...new Uint8Array(offset), ...body]).subarray(offset);
        const frame = splitFrame(moved, jsonBytes)!;
        expect(new TextDecoder().decode(frame.json)).toBe(text);
        expect([...frame.tensors]).toEqual(parts.flatMap((part) => [...part]));
        expect(splitFrame(moved, body.length + 1)).toBeUndefined();
        expect(splitFrame(moved)!.tensors).toHaveLength(0);
      }),
    );
  });

  it("has floats as little-endian bytes", () => {
    expect([...encodeFloats(Float32Array.of(1, -2.5))]).toEqual([0, 0, 128, 63, 0, 0, 32, 192]);
    fc.assert(
      fc.property(fc.float32Array(), fc.integer({ min: 0, max: 3 }), (values, extra) => {
        const bytes = encodeFloats(values);
        expect(bytes).toEqual(bytesOf(values, Float32Array));
        const longer = new Uint8Array([...bytes, ...new Uint8Array(extra)]);
        expect(Float32Array.from(decodeFloats(longer, "FP32"))).toEqual(values);
      }),
    );
  });
});

describe("an inference answer", () => {
  it("has each output in its JSON or in its bytes, in order", () => {
    const output = fc.record({
      isBinary: fc.boolean(),
      values: fc.array(fc.float({ noNaN: true, noDefaultInfinity: true })),
    });
    fc.assert(
      fc.property(fc.array(output, { maxLength: 4 }), (made) => {
        const tensors = made.map(({ isBinary, values }, i) => ({
          ...{ name: `output ${i}`, isBinary },
          values: Float32Array.from(values, (x) => (x === 0 ? 0 : x)),
        }));
        const { body, jsonBytes } = inferenceAnswer({ model_name: "é", model_version: "1" }, tensors);
        expect(jsonBytes === undefined).toBe(!tensors.some(({ isBinary }) => isBinary));
        const frame = splitFrame(body, jsonBytes)!;
        const { outputs } = JSON.parse(new TextDecoder().decode(frame.json)) as {
          outputs: { shape: number[]; data?: number[]; parameters?: { binary_data_size: number } }[];
        };
        let at = 0;
        for (const [i, { values, isBinary }] of tensors.entries()) {
          const { shape, data, parameters } = outputs[i]!;
          const size = parameters?.binary_data_size ?? 0;
          const found = isBinary
            ? new Float32Array(frame.tensors.slice(at, at + size).buffer)
            : Float32Array.from(data!);
          at += size;
          expect([found, shape, data === undefined]).toEqual([values, [values.length, 1], isBinary]);
        }
        expect(at).toBe(frame.tensors.length);
      }),
    );
  });
});
