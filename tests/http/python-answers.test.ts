// The Python client's types name every member of an answer: a member that the gateway gains must be added there too.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { predictionSchema, predictingModelSchema, warmEntries } from "../../src/http/predict-schema.ts";
import { symbolQualitySchema } from "../../src/http/quality-schema.ts";
import { RECALIBRATION_EXAMPLE } from "../../src/http/recalibration-schema.ts";

const source = readFileSync(join(import.meta.dirname, "../../clients/python/src/volgate/answers.py"), "utf8");

/** The members that a TypedDict of the client declares. */
function declared(name: string): string[] {
  const body = new RegExp(`^class ${name}\\(TypedDict.*\\):\\n((?:    .*\\n|\\n)*)`, "m").exec(source)![1]!;
  return [...body.matchAll(/^ {4}(\w+): /gm)].map(([, member]) => member!).sort();
}

it("types each member of a prediction", () => {
  const members = new Set(predictionSchema.options.flatMap(({ entries }) => Object.keys(entries)));
  // Of a symbol of `predict_many` that has none.
  members.add("error");
  expect(declared("Prediction")).toEqual([...members].sort());
});

it("types the parts of a quality answer that are of models", () => {
  const lists = Object.entries(symbolQualitySchema.entries).filter(([, { type }]) => type === "array");
  expect(declared("Quality")).toEqual(expect.arrayContaining(lists.map(([name]) => name)));
});

it("types each member of the model, of the warm past and of the recalibration", () => {
  expect(declared("Recalibration")).toEqual(Object.keys(RECALIBRATION_EXAMPLE).sort());
  expect(declared("ServedModel")).toEqual(Object.keys(predictingModelSchema.entries).sort());
  expect(declared("Warmth")).toEqual(Object.keys(warmEntries).sort());
});
