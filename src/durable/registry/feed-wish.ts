// Which feeds an operator wants: of each venue where it connects from, and which products it follows.
import * as v from "valibot";
import { SYMBOL_FORM } from "../../features/symbol-name.ts";
import { type FeedVenue, LOCATION_HINTS } from "../../markets/feed/venue-protocol.ts";
import { fields, oneOf, type Parsed, wholeNumber } from "../../schemas/schema-values.ts";

/** A product as its venue writes it, and the symbol that its ticks go to. */
const followedProductSchema = fields({
  product: v.pipe(v.string("a text"), v.minLength(1, "a name"), v.maxLength(64, "at most 64 characters")),
  symbol: v.pipe(v.string("a text"), v.regex(SYMBOL_FORM, "a symbol")),
});

export const feedWishSchema = fields({
  /** Counts the changes of this venue's feed: an object that has an older wish is behind. */
  revision: wholeNumber(1),
  hint: oneOf(LOCATION_HINTS),
  products: v.array(followedProductSchema, "a list"),
});
export type FeedWish = Parsed<typeof feedWishSchema>;

export type FeedWishes = Readonly<Partial<Record<FeedVenue, FeedWish>>>;

/** Symbols of one feed at most: its object sends each a batch twice a second. */
export const MAX_FOLLOWED = 100;

/** The wish in words, for the history. */
export function describeFeed(venue: FeedVenue, { hint, products }: FeedWish): string {
  return `${venue} from ${hint}: ${products.map(({ product }) => product).join(", ")}`;
}
