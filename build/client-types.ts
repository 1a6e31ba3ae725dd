// The types of the TypeScript client: the schemas of the OpenAPI document by name, and what each route takes and
// answers.
import type { Json } from "../src/http/json-schema.ts";

const HEAD = `// Written by \`npm run docs\` from the OpenAPI document: do not edit. The schemas by name, and each route by its
// method and path.
`;
const NO_FIELDS = `/** A route without such parameters. */
export type NoFields = Readonly<Record<never, never>>;
`;
const NAMED = "#/components/schemas/";

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Json;
}

interface Operation {
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema: Json }>>;

/** TypeScript, not formatted. Routes whose answer is no JSON are left out. */
export function clientTypes(document: Json): string {
  const { paths, components } = document as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: { readonly schemas: Readonly<Record<string, Json>> };
  };
  const named = Object.entries(components.schemas).map(
    ([name, schema]) => `export type ${name} = ${typeOf(schema)};\n`,
  );
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map((its) => [path, its] as const),
  );
  const routes = operations.map(([path, [method, operation]]) => route(`${method.toUpperCase()} ${path}`, operation));
  const streams = operations.map(([path, [, operation]]) => stream(path, operation));
  return [
    `${HEAD}\n${NO_FIELDS}\n${named.join("\n")}`,
    `/** What each route takes and answers. */\nexport interface Routes {\n${routes.join("")}}\n`,
    `/** The messages that the gateway sends over time, by the path of the stream or socket. */`,
    `export interface Streams {\n${streams.join("")}}\n`,
  ].join("\n");
}

function route(name: string, { summary, parameters, requestBody, responses }: Operation): string {
  const content = answerOf(responses, /^2/);
  const answer = content?.["application/json"]?.schema;
  if (answer === undefined || isStream(content)) return "";
  const members = [
    `readonly params: ${fieldsOf(parameters, "path")};`,
    `readonly query: ${fieldsOf(parameters, "query")};`,
    `readonly body: ${bodyOf(requestBody)};`,
    `readonly answer: ${typeOf(answer)};`,
  ];
  return `${comment(summary)}readonly ${JSON.stringify(name)}: { ${members.join(" ")} };\n`;
}

/** A socket answers 101, Server-Sent Events are a stream. */
function stream(path: string, { summary, responses }: Operation): string {
  const content = answerOf(responses, /^101|^2/);
  if (answerOf(responses, /^101/) === undefined && !isStream(content)) return "";
  const message = content?.["application/json"]?.schema;
  return message === undefined ? "" : `${comment(summary)}readonly ${JSON.stringify(path)}: ${typeOf(message)};\n`;
}

function answerOf(responses: Operation["responses"], statuses: RegExp): Content | undefined {
  return Object.entries(responses).find(([status]) => statuses.test(status))?.[1].content;
}

function isStream(content: Content | undefined): boolean {
  return content?.["text/event-stream"] !== undefined;
}

function bodyOf(body: Operation["requestBody"]): string {
  if (body === undefined) return "undefined";
  const type = typeOf(body.content["application/json"]!.schema);
  return body.required ? type : `${type} | undefined`;
}

function fieldsOf(parameters: readonly Parameter[], place: string): string {
  const fields = parameters.filter((parameter) => parameter.in === place);
  return members(fields.map(({ name, required, schema, description }) => ({ name, required, schema, description })));
}

interface Member {
  readonly name: string;
  readonly required: boolean;
  readonly schema: Json;
  readonly description?: unknown;
}

function members(fields: readonly Member[]): string {
  if (fields.length === 0) return "NoFields";
  const lines = fields.map(({ name, required, schema, description = schema["description"] }) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
    return `${comment(description)}readonly ${key}${required ? "" : "?"}: ${typeOf(schema)}${required ? "" : " | undefined"};\n`;
  });
  return `{\n${lines.join("")}}`;
}

/** The type of a value that fits a schema; what JSON Schema says of ranges and patterns is left out. */
function typeOf(schema: Json): string {
  if (typeof schema["$ref"] === "string") return schema["$ref"].slice(NAMED.length);
  if ("const" in schema) return JSON.stringify(schema["const"]);
  if (Array.isArray(schema["enum"])) return union(schema["enum"].map((value) => JSON.stringify(value)));
  if (Array.isArray(schema["anyOf"])) return union((schema["anyOf"] as Json[]).map(typeOf));
  if (Array.isArray(schema["allOf"])) return `(${(schema["allOf"] as Json[]).map(typeOf).join(" & ")})`;
  switch (schema["type"]) {
    case "string":
    case "boolean":
    case "null":
      return schema["type"];
    case "number":
    case "integer":
      return "number";
    case "array":
      return `readonly (${schema["items"] === undefined ? "unknown" : typeOf(schema["items"] as Json)})[]`;
    case "object":
      return objectType(schema);
    case undefined:
      return "unknown";
    default:
      throw new Error(`type: got ${JSON.stringify(schema["type"])}, expected one of JSON Schema`);
  }
}

function objectType({ properties, required = [], additionalProperties }: Json): string {
  const names = required as readonly string[];
  const fields = Object.entries((properties ?? {}) as Readonly<Record<string, Json>>);
  const isMap = typeof additionalProperties === "object" && additionalProperties !== null;
  const map = `Readonly<Record<string, ${isMap ? typeOf(additionalProperties as Json) : "unknown"}>>`;
  if (fields.length === 0) return map;
  const own = members(fields.map(([name, schema]) => ({ name, required: names.includes(name), schema })));
  return isMap ? `(${own} & ${map})` : own;
}

function union(types: readonly string[]): string {
  return `(${[...new Set(types)].join(" | ")})`;
}

function comment(text: unknown): string {
  return typeof text === "string" ? `/** ${text.replaceAll("*/", "*\\/").replaceAll("\n", " ")} */\n` : "";
}
