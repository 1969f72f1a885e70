/** What is looked for: a text anywhere in the row, and conditions on columns. */
import { useEffect, useState } from "preact/hooks"
import { type Comparison, comparisons, type Condition, type Query } from "../tables/Query.ts"

export interface FiltersProps {
  readonly query: Query
  readonly setQuery: (query: Query) => void
  readonly columns: ReadonlyArray<string>
  readonly noun: string
}

/** A search begins when nothing was typed for so long. */
const pauseMs = 200

export const Filters = ({ columns, noun, query, setQuery }: FiltersProps) => {
  const [text, setText] = useState(query.text)
  const [adding, setAdding] = useState(false)
  useEffect(() => setText(query.text), [query.text])
  useEffect(() => {
    if (text === query.text) return undefined
    const timer = setTimeout(() => setQuery({ ...query, text }), pauseMs)
    return () => clearTimeout(timer)
  }, [text])
  const without = (condition: Condition): void =>
    setQuery({ ...query, conditions: query.conditions.filter((each) => each !== condition) })
  return (
    <>
      <label class="search">
        <span class="hidden">Search {noun}s</span>
        <input
          id="search"
          type="search"
          placeholder={`Search ${noun}s`}
          value={text}
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <kbd aria-hidden="true">/</kbd>
      </label>
      {query.conditions.map((condition) => (
        <span key={`${condition.column} ${condition.comparison} ${condition.value}`} class="chip">
          <span dir="auto">{condition.column}</span> {condition.comparison}{" "}
          {needsValue(condition.comparison) && (
            <b dir="auto">{condition.value === "" ? "“”" : condition.value}</b>
          )}
          <button
            type="button"
            aria-label={`Remove the filter on ${condition.column}`}
            onClick={() => without(condition)}
          >
            ×
          </button>
        </span>
      ))}
      {adding ? (
        <NewCondition
          columns={columns}
          cancel={() => setAdding(false)}
          add={(condition) => {
            setAdding(false)
            setQuery({ ...query, conditions: [...query.conditions, condition] })
          }}
        />
      ) : (
        <button
          type="button"
          class="quiet"
          disabled={columns.length === 0}
          onClick={() => setAdding(true)}
        >
          Filter by column
        </button>
      )}
    </>
  )
}

const needsValue = (comparison: Comparison): boolean =>
  comparison !== "is empty" && comparison !== "is there"

const NewCondition = ({
  add,
  cancel,
  columns
}: {
  readonly columns: ReadonlyArray<string>
  readonly add: (condition: Condition) => void
  readonly cancel: () => void
}) => {
  const [condition, set] = useState<Condition>({
    column: columns[0]!,
    comparison: "contains",
    value: ""
  })
  return (
    <form
      class="condition"
      onSubmit={(event) => {
        event.preventDefault()
        add(condition)
      }}
    >
      <select
        aria-label="Column"
        autofocus
        value={condition.column}
        onChange={(event) => set({ ...condition, column: event.currentTarget.value })}
      >
        {columns.map((column) => (
          <option key={column}>{column}</option>
        ))}
      </select>
      <select
        aria-label="Comparison"
        value={condition.comparison}
        onChange={(event) =>
          set({ ...condition, comparison: event.currentTarget.value as Comparison })
        }
      >
        {comparisons.map((comparison) => (
          <option key={comparison}>{comparison}</option>
        ))}
      </select>
      {needsValue(condition.comparison) && (
        <input
          aria-label="Value"
          value={condition.value}
          onInput={(event) => set({ ...condition, value: event.currentTarget.value })}
        />
      )}
      <button type="submit">Add</button>
      <button type="button" class="quiet" onClick={cancel}>
        Cancel
      </button>
    </form>
  )
}
