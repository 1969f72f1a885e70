/**
 * Thoughts in a text: what a model wrote before its answer, where the server does not tell the two
 * apart.
 */
import type { Answer } from "./Answer.ts"

/**
 * The answer without the thoughts that it begins with; those join what the provider itself calls
 * reasoning.
 */
export const withoutThoughts = (answer: Answer): Answer => {
  const { text, thoughts } = partsOf(answer.text, answer.finishReason === "length")
  if (thoughts === undefined) return answer
  const { reasoning: told, ...rest } = answer
  const reasoning = [told ?? "", thoughts].filter((part) => part !== "").join("\n\n")
  return { ...rest, text, ...(reasoning === "" ? {} : { reasoning }) }
}

interface Parts {
  readonly text: string | null
  readonly thoughts?: string
}

const opening = /^\s*<think>/

const partsOf = (text: string | null, isCut: boolean): Parts => {
  if (text === null || !text.includes("think>")) return { text }
  const opened = opening.exec(text)
  const start = opened?.[0].length ?? 0
  // Some chat templates write the opening tag into the prompt: then the closing one stands on a line of its own.
  const closed = (opened === null ? /^\s*<\/think>[^\S\n]*$/m : /<\/think>/).exec(text.slice(start))
  if (closed !== null)
    return {
      text: text.slice(start + closed.index + closed[0].length).replace(/^\s+/, ""),
      thoughts: text.slice(start, start + closed.index).trim()
    }
  return opened !== null && isCut ? { text: null, thoughts: text.slice(start).trim() } : { text }
}
