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

/** Products named at most: the history keeps 200 changes, and must fit into one value. */
const MOST_NAMED = 10;

/** The wish in words, for the history. */
export function describeFeed(venue: FeedVenue, { hint, products }: FeedWish): string {
  const named = products.slice(0, MOST_NAMED).map(({ product }) => product);
  const more = products.length > MOST_NAMED ? ` and ${products.length - MOST_NAMED} more` : "";
  return `${venue} from ${hint}: ${named.join(", ")}${more}`;
}

/** Whether two wishes are for the same products from the same place. */
export function isSameFeed(a: FeedWish | undefined, b: FeedWish | undefined): boolean {
  const textOf = (wish: FeedWish | undefined): string => JSON.stringify([wish?.hint, wish?.products]);
  return textOf(a) === textOf(b);
}
