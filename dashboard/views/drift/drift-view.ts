// The view `drift`.
import type { OpenView } from "../../app/view.ts";
import { placeholderView } from "../placeholder-view.ts";

export const openDriftView: OpenView = () => placeholderView("Drift");
