// The view `market`.
import type { OpenView } from "../../app/view.ts";
import { placeholderView } from "../placeholder-view.ts";

export const openMarketView: OpenView = () => placeholderView("Market");
