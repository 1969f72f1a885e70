/** A text in full; of a very long one the beginning, and the rest on request. */
import { useState } from "preact/hooks"
import { counted } from "../../words/figures.ts"

export const longText = 20_000

export const LongText = ({
  code = false,
  text
}: {
  readonly text: string
  readonly code?: boolean
}) => {
  const [shown, show] = useState(longText)
  const rest = text.length - shown
  return (
    <div>
      <div class={code ? "text code" : "text"} dir="auto">
        {rest > 0 ? text.slice(0, shown) : text}
      </div>
      {rest > 0 && (
        <button type="button" class="quiet" onClick={() => show(shown * 10)}>
          Show more of the {counted(text.length, "character")}
        </button>
      )}
    </div>
  )
}
