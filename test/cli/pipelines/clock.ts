/** A clock, for a pipeline beside it. */
export const now = (): number => Date.now()
