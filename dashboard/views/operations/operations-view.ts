// The view `operations`.
import type { OpenView } from "../../app/view.ts";
import { placeholderView } from "../placeholder-view.ts";

export const openOperationsView: OpenView = () => placeholderView("Operations");
