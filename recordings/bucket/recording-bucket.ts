// The bucket operations that the readers of recordings need.

export interface ListedObject {
  readonly key: string;
  readonly sizeBytes: number;
  /** Changes when the object does. */
  readonly etag: string;
}

export interface RecordingBucket {
  /** All objects whose key begins with the prefix, in the order of their keys. */
  list(prefix: string): AsyncIterable<ListedObject>;
  /** The bytes [start, end) of the object as it was listed; throws `BucketError` when it was replaced since. */
  readRange(object: ListedObject, start: number, end: number): Promise<Uint8Array>;
}
