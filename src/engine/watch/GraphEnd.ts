/** How a run of a graph ends, if it does not fail: it was done now or earlier, or it was stopped. */
export type GraphEnd = "done" | "done before" | "stopped"
