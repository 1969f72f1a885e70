/**
 * Forms: how a prompt shows what an answer must look like. Places to fill in stand in angle
 * brackets, and simulated models fill them in.
 */

/** Words that ask for an answer in a form. */
export const inThisForm = (form: string): string =>
  `Answer in exactly this form, with what belongs there in place of the angle brackets:\n\n\`\`\`\n${form}\n\`\`\``

/** The form of a JSON object with texts: each key with what its text is. */
export const objectForm = (keys: Readonly<Record<string, string>>): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries(keys).map(([key, what]) => [key, `<${what}>`])),
    null,
    2
  )
