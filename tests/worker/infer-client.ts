// A client of the binary tensor extension, written from its document and without the gateway's code.
import { exports } from "cloudflare:workers";

interface Header {
  readonly [key: string]: unknown;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly outputs: any[];
}

export interface BinaryAnswer {
  readonly response: Response;
  /** The JSON, also of an answer that is JSON alone. */
  readonly header: Header;
  /** What is behind it. */
  readonly bytes: Uint8Array;
}

/** FP32, on a machine that is little-endian. */
export const floatBytes = (values: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

export function binaryBody(json: unknown, bytes: Uint8Array): { body: Uint8Array; jsonBytes: number } {
  const head = new TextEncoder().encode(JSON.stringify(json));
  return { body: new Uint8Array([...head, ...bytes]), jsonBytes: head.length };
}

/** @param request its JSON; `undefined` for a body of bytes alone, or a whole body that is sent as it is. */
export async function inferBinary(
  model: string,
  request: unknown,
  bytes: Uint8Array = new Uint8Array(0),
  headers: Record<string, string> = {},
): Promise<BinaryAnswer> {
  const isWhole = request instanceof ArrayBuffer;
  const made = request === undefined ? { body: bytes, jsonBytes: 0 } : isWhole ? undefined : binaryBody(request, bytes);
  const response = await exports.default.fetch(
    new Request(`https://volgate.test/v2/models/${model}/infer`, {
      method: "POST",
      body: made?.body ?? (request as ArrayBuffer),
      headers: {
        ...(made === undefined ? {} : { "Inference-Header-Content-Length": String(made.jsonBytes) }),
        ...headers,
      },
    }),
  );
  // The platform undoes gzip when it hands an answer over inside of it; tests/e2e has it on the wire.
  const isDeflated = response.headers.get("Content-Encoding") === "deflate";
  const body = isDeflated ? response.body!.pipeThrough(new DecompressionStream("deflate")) : response.body!;
  const all = new Uint8Array(await new Response(body).arrayBuffer());
  const jsonBytes = Number(response.headers.get("Inference-Header-Content-Length") ?? all.length);
  const header = JSON.parse(new TextDecoder().decode(all.subarray(0, jsonBytes))) as Header;
  return { response, header, bytes: all.subarray(jsonBytes) };
}

/** The values of each output by name; every byte must be one's. */
export function outputsOf({ header, bytes }: BinaryAnswer): Record<string, number[]> {
  const values: Record<string, number[]> = {};
  let at = 0;
  for (const { name, data, parameters } of header.outputs as {
    readonly name: string;
    readonly data?: number[];
    readonly parameters?: { readonly binary_data_size: number };
  }[]) {
    const size = parameters?.binary_data_size ?? 0;
    values[name] = data ?? Array.from(new Float32Array(bytes.slice(at, at + size).buffer));
    at += size;
  }
  if (at !== bytes.length) throw new Error(`${bytes.length - at} bytes are no output's`);
  return values;
}
