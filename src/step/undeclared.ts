/** Columns that a step's own code returns without declaring them. */

/** The warning of such a column, which is left out. */
export const undeclaredColumn = (
  step: string,
  column: string,
  declared: ReadonlyArray<string>
): string =>
  `Step '${step}' returns column '${column}', which it does not declare: the column is left out. Add it to outputs to keep it. Declared: ${declared.join(", ") || "none"}.`
