// Puts a long text into the bucket while it is made, so that it is never in memory as a whole.

/** Size of a part of an upload, bytes; R2 takes none smaller, and all but the last must be equal. */
const PART_BYTES = 5 * 1024 * 1024;

/** The joined texts as one object. Throws what the bucket throws; then the object is as it was before. */
export async function putText(
  bucket: R2Bucket,
  key: string,
  texts: Iterable<string>,
  contentType: string,
): Promise<void> {
  const options = { httpMetadata: { contentType } };
  const encoder = new TextEncoder();
  const part = new Uint8Array(PART_BYTES);
  const uploaded: R2UploadedPart[] = [];
  let used = 0;
  let upload: R2MultipartUpload | undefined;
  try {
    for (const text of texts) {
      for (let bytes = encoder.encode(text); bytes.length > 0;) {
        const taken = bytes.subarray(0, PART_BYTES - used);
        part.set(taken, used);
        used += taken.length;
        bytes = bytes.subarray(taken.length);
        if (used < PART_BYTES) continue;
        upload ??= await bucket.createMultipartUpload(key, options);
        uploaded.push(await upload.uploadPart(uploaded.length + 1, part));
        used = 0;
      }
    }
    const last = part.subarray(0, used);
    if (upload === undefined) {
      await bucket.put(key, last, options);
      return;
    }
    if (used > 0) uploaded.push(await upload.uploadPart(uploaded.length + 1, last));
    await upload.complete(uploaded);
  } catch (error) {
    await upload?.abort();
    throw error;
  }
}
