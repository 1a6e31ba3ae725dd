// What workerd asks the service behind an R2 binding: the requests of its internal protocol that the gateway makes. The
// form is that of workerd's source, `src/workerd/api/r2-api.capnp`.
import * as v from "valibot";

const tags = v.array(
  v.variant("type", [
    v.object({ type: v.picklist(["strong", "weak"]), value: v.string() }),
    v.object({ type: v.literal("wildcard") }),
  ]),
);

/** Dates travel as text. */
const dateMs = v.pipe(v.union([v.string(), v.number()]), v.transform(Number), v.finite());

const condition = v.object({
  etagMatches: v.optional(tags),
  etagDoesNotMatch: v.optional(tags),
  uploadedBefore: v.optional(dateMs),
  uploadedAfter: v.optional(dateMs),
  secondsGranularity: v.optional(v.boolean()),
});

const wholeNumber = v.pipe(v.union([v.string(), v.number()]), v.transform(Number), v.safeInteger());

const fields = v.record(v.string(), v.union([v.string(), v.number()]));

const request = v.variant("method", [
  v.object({ method: v.literal("head"), object: v.string() }),
  v.object({
    method: v.literal("get"),
    object: v.string(),
    range: v.optional(
      v.object({
        offset: v.optional(wholeNumber),
        length: v.optional(wholeNumber),
        suffix: v.optional(wholeNumber),
      }),
    ),
    onlyIf: v.optional(condition),
  }),
  v.object({
    method: v.literal("put"),
    object: v.string(),
    httpFields: v.optional(fields),
    customFields: v.optional(v.array(v.object({ k: v.string(), v: v.string() }))),
    onlyIf: v.optional(condition),
  }),
  v.object({
    method: v.literal("delete"),
    object: v.optional(v.string()),
    objects: v.optional(v.array(v.string())),
  }),
  v.object({
    method: v.literal("list"),
    limit: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(1000)), 1000),
    prefix: v.optional(v.string(), ""),
    cursor: v.optional(v.string()),
    delimiter: v.optional(v.string()),
    startAfter: v.optional(v.string()),
    include: v.optional(v.array(v.number()), []),
  }),
]);

export type R2Request = v.InferOutput<typeof request>;
export type R2Condition = v.InferOutput<typeof condition>;
export type R2Range = Extract<R2Request, { method: "get" }>["range"];

/** `undefined` for what this service does not know, such as multipart uploads, which the gateway does not make. */
export function parseR2Request(text: string): R2Request | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = v.safeParse(request, json);
  return parsed.success ? parsed.output : undefined;
}
