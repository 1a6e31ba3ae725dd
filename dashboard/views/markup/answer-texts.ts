// Times and hashes of answers as the views write them.

/** `2026-11-30 06:00` of an ISO time. */
export function minuteText(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}

/** The first twelve digits, as answers name models; `none` for `null`. */
export function shortSha(sha256: string | null): string {
  return sha256 === null ? "none" : sha256.slice(0, 12);
}
