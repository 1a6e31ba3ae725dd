// Compression of an answer for a client that asks for it. On Cloudflare the edge compresses JSON itself; bytes it does
// not, and a gateway of one's own has no edge.

/** Answers below this are not worth it, bytes. */
const LEAST_BYTES = 1024;

/** The answer, compressed when that is asked for and the body is not small. */
export async function compressedAnswer(
  request: Request,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  // The edge replaces the header by what it takes itself.
  const cf = request.cf as { readonly clientAcceptEncoding?: string } | undefined;
  const encoding = acceptedEncoding(cf?.clientAcceptEncoding ?? request.headers.get("Accept-Encoding") ?? "");
  if (encoding === undefined || body.length < LEAST_BYTES) return new Response(body, { headers });
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream(encoding));
  const bytes = await new Response(stream).arrayBuffer();
  // Bytes that are compressed already.
  return new Response(bytes, { headers: { ...headers, "Content-Encoding": encoding }, encodeBody: "manual" });
}

/**
 * The better of what a header takes: gzip, then deflate.
 *
 * Example: `br, deflate;q=0.5` gives `deflate`, `gzip;q=0` gives `undefined`.
 */
export function acceptedEncoding(header: string): "gzip" | "deflate" | undefined {
  const taken = header
    .toLowerCase()
    .split(",")
    .map((part) => part.split(";").map((word) => word.trim()))
    .filter(([, ...parameters]) => !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)))
    .map(([name]) => name);
  return (["gzip", "deflate"] as const).find((encoding) => taken.includes(encoding));
}
