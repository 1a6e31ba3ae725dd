// What a route takes and answers, in one value: from it come the types, the checks (read-request.ts), the OpenAPI
// document (openapi-document.ts) and docs/api.md. Pure, so that Node programs can import the contracts too.
import type * as v from "valibot";
import type { BodyLimits } from "./body-limits.ts";
import type { ErrorCode } from "./error-codes.ts";

/** A schema of named fields. */
export type FieldsSchema = v.GenericSchema & { readonly entries: Readonly<Record<string, v.GenericSchema>> };

/** Names a code for a fault, where it is not `<field>_malformed`; `undefined` for that one. */
export type CodeOfFault = (fault: {
  readonly path: readonly (string | number)[];
  readonly got: string;
}) => ErrorCode | undefined;

export interface BodyContract {
  readonly schema: v.GenericSchema;
  readonly description: string;
  /** `SMALL_BODY` unless given. */
  readonly limits?: BodyLimits;
  readonly example: unknown;
  /** Texts that are taken too, each with an example, by media type. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Whether no body stands for an empty object. */
  readonly optional?: boolean;
  /** Whether the route reads the body itself: each of its parts is accepted or refused on its own. */
  readonly inParts?: boolean;
}

export interface AnswerContract {
  /** 200 unless given. 101 of a socket: `schema` is then of the messages that the gateway sends. */
  readonly status?: 101 | 201 | 202;
  readonly description: string;
  readonly schema: v.GenericSchema;
  readonly example: unknown;
  /** Media type of `schema`; JSON unless given. */
  readonly mediaType?: "text/plain";
  /** Texts that are given instead, each with an example, by media type. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Further statuses with the same body. */
  readonly also?: Readonly<Partial<Record<207 | 503, string>>>;
}

/** What a code brings beside the usual members of a problem. */
export interface ProblemMembers {
  readonly schema: v.GenericSchema;
  readonly example: Readonly<Record<string, unknown>>;
}

export interface Contract {
  readonly method: "get" | "post" | "put" | "delete";
  /** With parameters as the router writes them: `/symbols/:symbol`. */
  readonly path: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  /** Which token the route asks for, where one is configured; a route that reads takes `ADMIN_TOKEN` too. */
  readonly token?: "INGEST_TOKEN" | "ADMIN_TOKEN" | "READ_TOKEN" | "METRICS_TOKEN";
  readonly params?: FieldsSchema;
  readonly query?: FieldsSchema;
  readonly headers?: FieldsSchema;
  readonly body?: BodyContract;
  /** Example values of the parameters, by name; those of optional ones may be absent. */
  readonly parameterExamples?: Readonly<Record<string, string>>;
  readonly answer: AnswerContract;
  /** What the route may refuse with, beside what every route may. */
  readonly errors: readonly ErrorCode[];
  /** Members that a code's problem document has beside the usual ones. */
  readonly problemMembers?: Readonly<Partial<Record<ErrorCode, ProblemMembers>>>;
  readonly codeOfFault?: CodeOfFault;
  /** `inference`: refusals are `{"error": …}`, as the Open Inference Protocol has them. RFC 9457 unless given. */
  readonly errorForm?: "inference";
}

/** The groups of routes, in the order in which documents show them. */
export const TAGS = {
  Ticks: "Ticks and labels in.",
  Predictions: "The live prediction of a symbol, and stateless scoring.",
  Inference: "The Open Inference Protocol, version 2: the models as its clients know them.",
  Symbols: "What the gateway knows of each symbol.",
  Feeds: "The venues that the gateway listens to by itself.",
  Operations: "Health, metrics, reports, and this document.",
  Aliases: "Which artifact holds which alias.",
  Experiment: "The comparison of champion and challenger.",
  Alerts: "What fires, what fired, and the webhooks.",
} as const;
type Tag = keyof typeof TAGS;

/** Keeps the exact type of a contract. */
export function contract<const C extends Contract>(value: C): C {
  return value;
}

type OutputOf<S> = S extends v.GenericSchema ? v.InferOutput<S> : undefined;

/** The checked parts of a request. */
export interface RequestOf<C extends Contract> {
  readonly params: OutputOf<C["params"]>;
  readonly query: OutputOf<C["query"]>;
  readonly headers: OutputOf<C["headers"]>;
  readonly body: C["body"] extends { readonly inParts: true }
    ? undefined
    : C["body"] extends { readonly schema: infer S }
      ? OutputOf<S>
      : undefined;
}

/** The same value, of which nothing may be changed. */
export type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

/** The body of a contract's answer. */
export type AnswerOf<C extends Contract> = Immutable<v.InferInput<C["answer"]["schema"]>>;
