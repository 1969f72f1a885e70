/**
 * Thoughts in a text: what a model wrote before its answer, where the server does not tell the two
 * apart.
 */
import type { GenerateOutput } from "./LLM.ts"

/**
 * The answers without the thoughts that they begin with; those join what the provider itself calls
 * reasoning.
 */
export const withoutThoughts = (output: GenerateOutput): GenerateOutput => {
  const parts = output.generations.map((text, i) =>
    partsOf(text, output.finishReasons?.[i] === "length")
  )
  if (parts.every(({ thoughts }) => thoughts === undefined)) return output
  return {
    ...output,
    generations: parts.map(({ text }) => text),
    reasonings: parts.map(({ thoughts }, i) => joined(output.reasonings?.[i], thoughts))
  }
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

const joined = (told: string | null | undefined, thoughts: string | undefined): string | null => {
  const all = [told, thoughts].filter((part) => part !== undefined && part !== null && part !== "")
  return all.length === 0 ? null : all.join("\n\n")
}
