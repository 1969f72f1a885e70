/**
 * JSON as a tree that opens where one looks: what is closed is not made, so depth and size cost
 * nothing.
 */
import { useState } from "preact/hooks"
import { LongText } from "./LongText.tsx"
import { preview } from "./preview.ts"

const atOnce = 100
const openDepth = 2

export const JsonTree = ({ value }: { readonly value: unknown }) => (
  <div class="json">
    <Node value={value} depth={0} />
  </div>
)

const Node = ({
  depth,
  label,
  value
}: {
  readonly label?: string
  readonly value: unknown
  readonly depth: number
}) => {
  const holds = typeof value === "object" && value !== null
  const entries = holds ? Object.entries(value) : []
  const [open, setOpen] = useState(depth < openDepth && entries.length <= 20)
  const [most, setMost] = useState(atOnce)
  const name =
    label === undefined ? null : (
      <span class="key" dir="auto">
        {label}
      </span>
    )
  if (!holds || entries.length === 0) {
    return (
      <div class="leaf">
        {name}
        <Leaf value={value} />
      </div>
    )
  }
  return (
    <div>
      <button type="button" class="branch" aria-expanded={open} onClick={() => setOpen(!open)}>
        {name}
        <span class="size">
          {Array.isArray(value)
            ? `list of ${entries.length.toLocaleString("en")}`
            : `${entries.length.toLocaleString("en")} ${entries.length === 1 ? "key" : "keys"}`}
        </span>
        {!open && (
          <span class="glimpse" dir="auto">
            {preview(value, 100)}
          </span>
        )}
      </button>
      {open && (
        <div class="children">
          {entries.slice(0, most).map(([key, held]) => (
            <Node key={key} label={key} value={held} depth={depth + 1} />
          ))}
          {entries.length > most && (
            <button type="button" class="quiet" onClick={() => setMost(most * 10)}>
              Show more of {entries.length.toLocaleString("en")}
            </button>
          )}
        </div>
      )}
    </div>
  )
}

const Leaf = ({ value }: { readonly value: unknown }) =>
  typeof value === "string" ? (
    <LongText text={value} />
  ) : (
    <span class="atom">
      {typeof value === "object" && value !== null
        ? Array.isArray(value)
          ? "[]"
          : "{}"
        : String(value)}
    </span>
  )
