import * as v from "valibot";
import { describe, expect, it } from "vitest";
import type { Contract } from "../../src/http/contract.ts";
import { CONTRACTS } from "../../src/http/contracts.ts";
import { ingestContract } from "../../src/http/ingest-schema.ts";
import { openApiDocument } from "../../src/http/openapi-document.ts";
import { faultCode } from "../../src/http/fault-code.ts";
import { check } from "../../src/schemas/check.ts";
import { problemSchema } from "../../src/http/problem-schema.ts";
import { isRejection, parseTick } from "../../src/features/tick.ts";

const name = ({ method, path }: Contract): string => `${method} ${path}`;
/** What a schema makes of a value; a field that the schema does not know is gone in it. */
const described = (schema: v.GenericSchema, value: unknown): unknown => v.parse(schema, value);

describe("every contract", () => {
  it("is of a route of its own", () => {
    expect(new Set(CONTRACTS.map(name)).size).toBe(CONTRACTS.length);
  });

  it.each(CONTRACTS.map((contract) => [name(contract), contract] as const))(
    "%s has examples that its schemas describe in full",
    (_, { answer, body, params, query, headers, parameterExamples = {}, problemMembers = {} }) => {
      expect(described(answer.schema, answer.example)).toEqual(answer.example);
      if (body !== undefined) expect(v.safeParse(body.schema, body.example).issues).toBeUndefined();
      for (const schema of [params, query, headers]) {
        if (schema !== undefined) expect(v.safeParse(schema, parameterExamples).issues).toBeUndefined();
      }
      const known = [params, query, headers].flatMap((schema) => Object.keys(schema?.entries ?? {}));
      for (const parameter of Object.keys(parameterExamples)) expect(known).toContain(parameter);
      for (const { schema, example } of Object.values(problemMembers)) {
        expect(described(schema, example)).toEqual(example);
      }
    },
  );

  it("names a code for each field of its path, query, headers and body", () => {
    const document = JSON.stringify(openApiDocument(CONTRACTS, "0"));
    expect(document).not.toContain("undefined");
  });
});

describe("a field of the wrong type", () => {
  const WRONG = [{}, [], 1.5, "?", null, true, [{}], [null], [[]], { "?": 1 }];
  /** Parameters and headers are texts. */
  const TEXTS = ["", "?", "null", "-1", "1e999", "{}", "\0", "x".repeat(10_000)];

  it.each(CONTRACTS.map((contract) => [name(contract), contract] as const))(
    "of %s has an error code",
    (_, contract) => {
      const { body, params, query, headers } = contract;
      // A body that is read in parts is checked part by part, by its route.
      for (const schema of [body?.inParts === true ? undefined : body?.schema, params, query, headers]) {
        if (schema === undefined) continue;
        const good: object = schema === body?.schema ? (body?.example as object) : (contract.parameterExamples ?? {});
        for (const field of ["?", ...Object.keys(good), ...fieldsOf(schema)]) {
          for (const wrong of schema === body?.schema ? WRONG : TEXTS) {
            const result = check(schema, { ...good, [field]: wrong }, "body");
            if (!result.ok) expect(() => faultCode(contract, result.fault)).not.toThrow();
          }
        }
      }
    },
  );
});

function fieldsOf(schema: v.GenericSchema): string[] {
  return "entries" in schema ? Object.keys(schema.entries as object) : [];
}

describe("the OpenAPI document", () => {
  const document = openApiDocument(CONTRACTS, "1.2.3") as {
    readonly paths: Record<string, Record<string, Operation>>;
    readonly components: { readonly schemas: Record<string, unknown>; readonly examples: Record<string, Example> };
  };

  it("has an example of each answer, and each status with its problem", () => {
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, { responses }] of Object.entries(operations)) {
        for (const [status, { content }] of Object.entries(responses)) {
          expect(Object.keys(content), `${method} ${path} ${status}`).not.toEqual([]);
          for (const media of Object.values(content)) {
            expect(media.example ?? media.examples, `${method} ${path} ${status}`).toBeDefined();
          }
        }
        for (const status of ["500", "503"]) expect(responses).toHaveProperty(status);
      }
    }
  });

  it("says of a pair that it has two items, in words that each reader of OpenAPI knows", () => {
    const text = JSON.stringify(openApiDocument(CONTRACTS, "0"));
    expect(text).not.toContain("prefixItems");
    expect(text).toContain('"minItems":2,"maxItems":2');
  });

  it("contains everything that it refers to", () => {
    const references = JSON.stringify(document).matchAll(/"#\/components\/(\w+)\/(\w+)"/g);
    for (const [, kind, key] of references) {
      expect((document.components as unknown as Record<string, Record<string, unknown>>)[kind!]).toHaveProperty(key!);
    }
  });

  it("shows problems that are problems", () => {
    for (const { value } of Object.values(document.components.examples)) {
      expect(v.parse(problemSchema, value)).toEqual(value);
    }
  });
});

describe("the tick that the document describes", () => {
  it("is one that `parseTick` takes", () => {
    const [good, bad] = ingestContract.body.example;
    expect(isRejection(parseTick(good, Infinity))).toBe(false);
    expect(parseTick(bad, Infinity)).toMatchObject(
      ingestContract.answer.example.errors[0]!.reason === "price_not_positive" ? { reason: "price_not_positive" } : {},
    );
  });
});

interface Example {
  readonly value: unknown;
}
interface Operation {
  readonly responses: Record<string, { readonly content: Record<string, { example?: unknown; examples?: unknown }> }>;
}
