// An error of the Open Inference Protocol, and where it takes the place of a problem document.
import * as v from "valibot";

/** Name of the header that has an error's code: the protocol's document has no member for it. */
export const ERROR_CODE_HEADER = "X-Error-Code";

/** The whole body of a refusal under `/v2`. */
export const inferenceErrorSchema = v.object({
  error: v.pipe(v.string(), v.description("For people: the field, what came and what was expected")),
});
export type InferenceError = v.InferOutput<typeof inferenceErrorSchema>;

/** Whether a path is one of the protocol's, also where it is no route. */
export function isInferencePath(path: string): boolean {
  return path === "/v2" || path.startsWith("/v2/");
}
