// R2's conditions on an object, as HTTP means them: If-Match, If-None-Match, If-Unmodified-Since and If-Modified-Since.
import type { StoredObject } from "../recordings/bucket/folder-bucket.ts";
import type { R2Condition } from "./r2-request.ts";

type Tags = NonNullable<R2Condition["etagMatches"]>;

/**
 * Whether the conditions hold for what is there. A condition on tags is stronger than one on dates.
 * @param present `undefined` where no object has the name.
 */
export function meetsCondition(condition: R2Condition, present: StoredObject | undefined): boolean {
  const { etagMatches, etagDoesNotMatch, uploadedBefore, uploadedAfter, secondsGranularity } = condition;
  if (present === undefined) return etagMatches === undefined && uploadedAfter === undefined;
  const uploadedMs = secondsGranularity === true ? wholeSeconds(present.uploadedMs) : present.uploadedMs;
  const matches = etagMatches === undefined ? undefined : names(etagMatches, present.etag);
  const differs = etagDoesNotMatch === undefined ? undefined : !names(etagDoesNotMatch, present.etag);
  const isBefore = uploadedBefore === undefined ? undefined : uploadedMs < uploadedBefore;
  const isAfter = uploadedAfter === undefined ? undefined : uploadedMs >= uploadedAfter;
  return (matches ?? isBefore ?? true) && (differs ?? isAfter ?? true);
}

function names(tags: Tags, etag: string): boolean {
  return tags.some((tag) => tag.type === "wildcard" || tag.value === etag);
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
