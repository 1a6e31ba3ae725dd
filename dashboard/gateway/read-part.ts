// A part of a view that may be missing while the others are shown.
import { GatewayRefusal } from "./gateway-refusal.ts";

/** What was read, or why it could not be. */
export type ReadPart<T> = { readonly value: T } | { readonly missing: string };

/** Never throws. */
export async function readPart<T>(answer: Promise<T>): Promise<ReadPart<T>> {
  try {
    return { value: await answer };
  } catch (error) {
    return { missing: error instanceof GatewayRefusal ? error.message : "the gateway does not answer" };
  }
}
