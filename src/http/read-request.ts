// The parts of a request, checked against the route's contract, and the answer, in the contract's type.
import type { Context } from "hono";
import type * as v from "valibot";
import { check, faultText } from "../schemas/check.ts";
import { shown } from "../schemas/shown.ts";
import type { AppEnv } from "./app-env.ts";
import { currentRequest } from "../request-context.ts";
import { SMALL_BODY } from "./body-limits.ts";
import type { AnswerOf, BodyContract, Contract, FieldsSchema, RequestOf } from "./contract.ts";
import { faultCode } from "./fault-code.ts";
import { Problem } from "./problem.ts";
import { readJson } from "./read-body.ts";

/**
 * Path parameters, query, headers and body of a request. A body that the route reads in parts is left to it. Throws
 * `Problem` naming the first field that is wrong, with the code `<field>_malformed` unless the contract says another.
 */
export async function readRequest<C extends Contract>(c: Context<AppEnv>, contract: C): Promise<RequestOf<C>> {
  const { params, query, headers, body } = contract;
  const startMs = Date.now();
  const values = {
    params: params && checked(contract, params, c.req.param()),
    query: query && checked(contract, query, c.req.query()),
    headers: headers && checked(contract, headers, namedHeaders(c.req.raw.headers, headers)),
    body: body === undefined || body.inParts === true ? undefined : await checkedBody(c.req.raw, contract, body),
  };
  const times = currentRequest()?.times;
  if (times !== undefined) times.parseMs += Date.now() - startMs;
  // Each part has just been checked by the schema that the type is computed from.
  return values as RequestOf<C>;
}

/** The JSON answer of a contract. */
export function sendAnswer<C extends Contract & { readonly answer: { readonly status?: 201 | 202 } }>(
  c: Context<AppEnv>,
  contract: C,
  body: AnswerOf<C>,
  options: { readonly status?: 200 | 207 | 503; readonly headers?: Record<string, string> } = {},
): Response {
  return c.json(body, options.status ?? contract.answer.status ?? 200, options.headers);
}

/** The JSON body of a route that takes other bodies too. Throws as `readRequest`. */
export async function readBodyAs<S extends v.GenericSchema>(
  request: Request,
  contract: Contract & { readonly body: { readonly schema: S } },
): Promise<v.InferOutput<S>> {
  return await checkedBody(request, contract, contract.body);
}

async function checkedBody(request: Request, contract: Contract, body: BodyContract): Promise<unknown> {
  const isEmpty = request.body === null || request.headers.get("Content-Length") === "0";
  const value = body.optional === true && isEmpty ? {} : await readJson(request, body.limits ?? SMALL_BODY);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return checked(contract, body.schema, value);
  }
  throw new Problem("body_malformed", `body: got ${shown(value)}, expected an object`);
}

function checked(contract: Contract, schema: FieldsSchema | BodyContract["schema"], value: unknown): unknown {
  const result = check(schema, value, "body");
  if (result.ok) return result.value;
  throw new Problem(faultCode(contract, result.fault), faultText(result.fault));
}

function namedHeaders(headers: Headers, { entries }: FieldsSchema): Record<string, string> {
  const present = Object.keys(entries).flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return Object.fromEntries(present);
}
