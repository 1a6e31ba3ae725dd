// The OpenAPI 3.1 document, from the contracts of the routes.
import { limitsText, SMALL_BODY } from "./body-limits.ts";
import type { AnswerContract, BodyContract, Contract, FieldsSchema } from "./contract.ts";
import { TAGS } from "./contract.ts";
import { ERROR_CODE_HEADER } from "./inference-error-schema.ts";
import { type Json, jsonSchema, namedJsonSchemas } from "./json-schema.ts";
import { ERROR_CODES, type ErrorCode, STATUS_TITLES } from "./error-codes.ts";

const errorCodes = Object.keys(ERROR_CODES) as ErrorCode[];

const PROBLEM = { $ref: "#/components/schemas/Problem" };
const INFERENCE_ERROR = { $ref: "#/components/schemas/InferenceError" };
/** What every route may refuse with. */
const COMMON: readonly ErrorCode[] = ["internal_error", "not_configured", "object_timeout", "directory_unavailable"];
const WITH_BODY: readonly ErrorCode[] = [
  "not_json",
  "body_incomplete",
  "body_unreadable",
  "body_too_large",
  "unsupported_encoding",
];

/** The document of all `contracts`. @param version of the gateway. */
export function openApiDocument(contracts: readonly Contract[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const contract of contracts) {
    const path = contract.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [contract.method]: operation(contract) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "volgate",
      version,
      description: "Ticks in, calibrated probabilities of a volatility spike out.",
      license: { name: "MIT", identifier: "MIT" },
    },
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: namedJsonSchemas(),
      examples: Object.fromEntries(errorCodes.map((code) => [code, { value: problemExample(code) }])),
      headers: {
        CorrelationId: { description: "The request's own id, or a new one", schema: { type: "string" } },
      },
      securitySchemes: {
        INGEST_TOKEN: { type: "http", scheme: "bearer", description: "For routes that write ticks and labels" },
        ADMIN_TOKEN: { type: "http", scheme: "bearer", description: "For routes under /admin" },
        READ_TOKEN: { type: "http", scheme: "bearer", description: "For routes that read, where it is set" },
        METRICS_TOKEN: { type: "http", scheme: "bearer", description: "For /metrics, where it is set" },
      },
    },
  };
}

/** Every code with which a route may refuse, its own ones last. */
export function errorsOf({ token, body, errors }: Contract): readonly ErrorCode[] {
  const isObject = body !== undefined && body.inParts !== true;
  const unnamed: readonly ErrorCode[] = isObject ? ["body_malformed"] : [];
  const all: readonly ErrorCode[] = [
    ...(body === undefined ? [] : WITH_BODY),
    ...unnamed,
    ...(token === undefined ? [] : (["not_authenticated"] as const)),
    ...(isForReading(token) ? (["rate_limited"] as const) : []),
    ...(token !== undefined && !isForReading(token) ? (["host_refused", "origin_refused"] as const) : []),
    ...COMMON,
    ...errors,
  ];
  return [...new Set(all)];
}

function operation(contract: Contract): Json {
  const { tag, summary, description, token, body } = contract;
  return {
    tags: [tag],
    operationId: operationId(contract),
    summary,
    ...(description === undefined ? {} : { description }),
    ...(token === undefined ? {} : { security: securityOf(token) }),
    parameters: [
      ...parameters(contract, "path", contract.params),
      ...parameters(contract, "query", contract.query),
      ...parameters(contract, "header", contract.headers),
      {
        name: "X-Correlation-ID",
        in: "header",
        description: "An id of up to 128 printable characters for logs; one is made where it is absent",
        schema: { type: "string" },
      },
    ],
    ...(body === undefined ? {} : { requestBody: requestBody(body) }),
    responses: responses(contract),
  };
}

/** A route that reads is open where its token is not set. */
function securityOf(token: NonNullable<Contract["token"]>): Json[] {
  return isForReading(token) ? [{ [token]: [] }, { ADMIN_TOKEN: [] }, {}] : [{ [token]: [] }];
}

function isForReading(token: Contract["token"]): boolean {
  return token === "READ_TOKEN" || token === "METRICS_TOKEN";
}

/** E.g. `putAdminAliasesAlias`. */
function operationId({ method, path }: Contract): string {
  const words = path.split(/[^A-Za-z]+/).filter((word) => word !== "");
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

function parameters(contract: Contract, place: string, fields: FieldsSchema | undefined): Json[] {
  if (fields === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(fields, "input") as {
    readonly properties?: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => {
    const example = contract.parameterExamples?.[name];
    return {
      name,
      in: place,
      required: place === "path" || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema,
      ...(example === undefined ? {} : { example }),
    };
  });
}

function requestBody({ schema, description, limits, texts, optional, example }: BodyContract): Json {
  return {
    description: `${description.replace(/\.$/, "")}. ${limitsText(limits ?? SMALL_BODY)}.`,
    required: optional !== true,
    content: { "application/json": { schema: jsonSchema(schema, "input"), example }, ...textContent(texts) },
  };
}

const HEADERS = { "X-Correlation-ID": { $ref: "#/components/headers/CorrelationId" } };

/** The answer's statuses, then the problems'; a status of both has a media type for each. */
function responses(contract: Contract): Json {
  const { answer } = contract;
  const codes = errorsOf(contract);
  const found: Record<string, Json> = {};
  const headers = contract.errorForm === "inference" ? { ...HEADERS, ...ERROR_CODE } : HEADERS;
  const ofAnswer = { [answer.status ?? 200]: answer.description, ...answer.also };
  for (const [status, description] of Object.entries(ofAnswer)) {
    found[status] = { description, headers: HEADERS, content: answerContent(answer) };
  }
  for (const status of [...new Set(codes.map((code) => ERROR_CODES[code].status))].sort()) {
    const here = codes.filter((code) => ERROR_CODES[code].status === status);
    const meanings = here.map((code) => `\`${code}\`: ${ERROR_CODES[code].meaning}`);
    const { description, content } = found[status] ?? {};
    found[status] = {
      description: [...(description === undefined ? [] : [`${String(description)}.`]), ...meanings].join("\n\n"),
      headers: status === 401 ? { ...headers, ...CHALLENGE } : headers,
      content: { ...(content as Json | undefined), ...refusalContent(contract, here) },
    };
  }
  return found;
}

const ERROR_CODE = { [ERROR_CODE_HEADER]: { description: "See docs/errors.md", schema: { type: "string" } } };
const CHALLENGE = { "WWW-Authenticate": { description: "`Bearer`", schema: { type: "string" } } };

function answerContent({ schema, example, mediaType, texts }: AnswerContract): Json {
  return {
    [mediaType ?? "application/json"]: { schema: jsonSchema(schema, "output"), example },
    ...textContent(texts),
  };
}

/** Without a schema: readers of the document hold one against each event, not against the text. */
const EVENT_STREAM = "text/event-stream";

function textContent(texts: Readonly<Record<string, string>> = {}): Json {
  const entries = Object.entries(texts);
  return Object.fromEntries(
    entries.map(([type, example]) => [
      type,
      type === EVENT_STREAM ? { example } : { schema: { type: "string" }, example },
    ]),
  );
}

function refusalContent(contract: Contract, codes: readonly ErrorCode[]): Json {
  if (contract.errorForm === undefined) return { "application/problem+json": problemContent(contract, codes) };
  const examples = Object.fromEntries(codes.map((code) => [code, { value: { error: ERROR_CODES[code].meaning } }]));
  return { "application/json": { schema: INFERENCE_ERROR, examples } };
}

function problemContent(contract: Contract, codes: readonly ErrorCode[]): Json {
  const examples = Object.fromEntries(
    codes.map((code) => {
      const members = contract.problemMembers?.[code];
      if (members === undefined) return [code, { $ref: `#/components/examples/${code}` }];
      return [code, { value: { ...problemExample(code), ...members.example } }];
    }),
  );
  return { schema: problemJsonSchema(contract, codes), examples };
}

/** The usual members, and those that the codes bring. */
function problemJsonSchema({ problemMembers = {} }: Contract, codes: readonly ErrorCode[]): Json {
  const members = [...new Set(codes.map((code) => problemMembers[code]?.schema))];
  const schemas = members.map((schema) => {
    return schema === undefined ? PROBLEM : { allOf: [PROBLEM, jsonSchema(schema, "output")] };
  });
  return schemas.length === 1 ? schemas[0]! : { anyOf: schemas };
}

function problemExample(code: ErrorCode): Json {
  const { status, meaning } = ERROR_CODES[code];
  return {
    type: `urn:volgate:error:${code}`,
    title: STATUS_TITLES[status],
    status,
    detail: meaning,
    code,
    request_id: "0c7b1f6e-6a4a-4a57-9a0e-3d1d9e0b7a55",
    error: meaning,
  };
}
