// Reads a page of the present version or of the one before.
import { decodePage, type PageContent } from "../features/page-buffer.ts";
import { StateFormatError } from "../features/binary-container.ts";

/** A page's content, and which of the two kinds it has. Throws `StateFormatError` for any other. */
export function decodeEitherPage(
  [kind, previous]: readonly [kind: string, previous: string],
  buffer: ArrayBuffer,
): PageContent & { readonly kind: string } {
  try {
    return { kind, ...decodePage(kind, buffer) };
  } catch (error) {
    if (!(error instanceof StateFormatError)) throw error;
    return { kind: previous, ...decodePage(previous, buffer) };
  }
}
