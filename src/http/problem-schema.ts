// An error's document as answers carry it (RFC 9457), for the gateway, its clients and the OpenAPI document.
import * as v from "valibot";

/** The members that every problem has. Some codes bring further ones: `contract.ts` names them per route. */
export const problemSchema = v.object({
  type: v.pipe(v.string(), v.description("`urn:volgate:error:<code>`")),
  title: v.pipe(v.string(), v.description("The status in words")),
  status: v.pipe(v.number(), v.integer()),
  detail: v.pipe(v.string(), v.description("For people: the field, what came and what was expected")),
  code: v.pipe(v.string(), v.description("For machines: see docs/errors.md")),
  request_id: v.pipe(v.string(), v.description("Also the answer's `X-Correlation-ID`")),
  error: v.pipe(v.string(), v.description("`detail` again")),
});
export type ProblemDocument = v.InferOutput<typeof problemSchema>;
