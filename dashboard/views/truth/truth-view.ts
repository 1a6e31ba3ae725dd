// The view `truth`.
import type { OpenView } from "../../app/view.ts";
import { placeholderView } from "../placeholder-view.ts";

export const openTruthView: OpenView = () => placeholderView("Truth");
