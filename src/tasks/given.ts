/** The text of an answer, for parsers that have nothing to say of a missing one. Throws without. */
export const given = (answer: string | null): string => {
  if (answer === null) throw new Error("the model gave no answer")
  return answer
}
