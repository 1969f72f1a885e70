/** Long prompts: those whose beginnings providers keep for others that begin alike. */

/** Shorter beginnings are kept nowhere: 1,024 tokens of about four characters. */
export const shortestPrefix = 4096

/** How long a prompt has to be for its place in the order to matter. */
export const isLongPrompt = (characters: number): boolean => characters >= shortestPrefix
