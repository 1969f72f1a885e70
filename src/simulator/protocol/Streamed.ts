/** Streams: an answer as the events that it arrives in where a client asks for a stream. */
import { isObject, objectAt, type WireObject } from "../answers/Wire.ts"

/** The events of a body, as they go over the wire. */
export const eventsOf = (pieces: ReadonlyArray<WireObject | string>): string =>
  pieces
    .map((piece) => `data: ${typeof piece === "string" ? piece : JSON.stringify(piece)}\n\n`)
    .join("")

/** A chat completion in pieces: the words of each choice, why it ended, what all of them used. */
export const chatPieces = ({
  choices,
  usage,
  ...envelope
}: WireObject): ReadonlyArray<WireObject | string> => {
  const chunk = (rest: WireObject): WireObject => ({
    ...envelope,
    object: "chat.completion.chunk",
    ...rest
  })
  const pieces = (Array.isArray(choices) ? choices.filter(isObject) : []).flatMap(
    ({ finish_reason, index, logprobs = null, message }) => {
      const { content, ...others } = objectAt({ message }, "message")
      const words = typeof content === "string" ? wordsOf(content) : []
      return [
        chunk({
          choices: [{ index, delta: { ...others, content: "" }, logprobs, finish_reason: null }]
        }),
        ...words.map((word) =>
          chunk({ choices: [{ index, delta: { content: word }, finish_reason: null }] })
        ),
        chunk({ choices: [{ index, delta: {}, finish_reason }] })
      ]
    }
  )
  return [...pieces, chunk({ choices: [], usage }), "[DONE]"]
}

/**
 * An answer of Gemini's in pieces: the words of its first candidate, then why it ended and what it
 * used.
 */
export const vertexPieces = ({
  candidates,
  usageMetadata,
  ...envelope
}: WireObject): ReadonlyArray<WireObject> => {
  const [first] = Array.isArray(candidates) ? candidates.filter(isObject) : []
  const content = objectAt({ ...first }, "content")
  const texts = Array.isArray(content["parts"])
    ? content["parts"].filter(isObject).map(({ text }) => String(text))
    : []
  return [
    ...texts.flatMap(wordsOf).map((text) => ({
      candidates: [{ index: 0, content: { ...content, parts: [{ text }] } }],
      ...envelope
    })),
    {
      ...(first === undefined
        ? {}
        : { candidates: [{ index: 0, finishReason: first["finishReason"] }] }),
      usageMetadata,
      ...envelope
    }
  ]
}

const wordsOf = (text: string): ReadonlyArray<string> =>
  text.match(/\s*\S+\s*$|\s*\S+/g) ?? (text === "" ? [] : [text])
