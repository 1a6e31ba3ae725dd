// The bucket operations that the publisher of models needs.

/** A binding of the Worker, the one of `getPlatformProxy`, `S3Bucket` and a test's map all fit. */
export interface ModelBucket {
  get(
    key: string,
  ): Promise<{ readonly etag: string; text(): Promise<string>; arrayBuffer(): Promise<ArrayBuffer> } | null>;
  /** Answers `null` when `onlyIf` does not hold; nothing is written then. */
  put(
    key: string,
    value: string | ArrayBuffer,
    options: { readonly onlyIf?: { readonly etagMatches: string } | { readonly etagDoesNotMatch: string } },
  ): Promise<unknown>;
}
