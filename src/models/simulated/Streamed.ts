/** Streams: an answer as the pieces that it arrives in where a client asks for a stream. */
import type { Written } from "./Protocol.ts"
import type { WireObject } from "./Wire.ts"

/** Pieces as server-sent events. */
export const eventsOf = (pieces: ReadonlyArray<WireObject | string>): Written => ({
  body: pieces
    .map((piece) => `data: ${typeof piece === "string" ? piece : JSON.stringify(piece)}\n\n`)
    .join(""),
  contentType: "text/event-stream"
})

/** A text in pieces: its words, with the space before each. */
export const wordsOf = (text: string): ReadonlyArray<string> =>
  text.match(/\s*\S+\s*$|\s*\S+/g) ?? (text === "" ? [] : [text])
