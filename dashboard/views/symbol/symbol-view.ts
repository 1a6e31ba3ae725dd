// The view `symbol`.
import type { OpenView } from "../../app/view.ts";
import { placeholderView } from "../placeholder-view.ts";

export const openSymbolView: OpenView = () => placeholderView("Symbol");
