/** The events of a YAML text: what begins and ends where. */
import type * as JsYaml from "js-yaml"
import type { Path } from "../tree/Tree.ts"

/** Where the value of an anchor begins, among the events. */
export type Anchors = ReadonlyMap<string, { readonly event: number }>

export class YamlEvents {
  readonly all: ReadonlyArray<JsYaml.Event>
  readonly text: string
  readonly library: Pick<typeof JsYaml, "getScalarValue" | "EVENT_ID" | "SCALAR_STYLE">

  constructor(library: YamlEvents["library"], text: string, events: ReadonlyArray<JsYaml.Event>) {
    this.library = library
    this.text = text
    this.all = events
  }

  /** The text of a scalar. */
  scalar(event: JsYaml.ScalarEvent): string {
    return this.library.getScalarValue(this.text, event)
  }

  /** A node's tag without prefix; undefined if it has none. */
  tag(event: JsYaml.ScalarEvent | JsYaml.SequenceEvent | JsYaml.MappingEvent): string | undefined {
    if (event.tagStart < 0) return undefined
    const tag = this.text.slice(event.tagStart, event.tagEnd).replace(/^!<(.*)>$/s, "$1")
    const name = tag.replace(/^tag:yaml\.org,2002:/, "").replace(/^!!?/, "")
    return name === "" ? undefined : decoded(name)
  }

  /** The name that an anchor has, or an alias refers to. */
  anchor(event: { readonly anchorStart: number; readonly anchorEnd: number }): string | undefined {
    return event.anchorStart < 0 ? undefined : this.text.slice(event.anchorStart, event.anchorEnd)
  }

  /** Where a node begins, in the text. */
  offset(index: number): number {
    for (let at = index; at >= 0; at--) {
      const event = this.all[at]!
      const start =
        "start" in event
          ? event.start
          : "valueStart" in event
            ? this.#scalarStart(event)
            : "anchorStart" in event
              ? event.anchorStart - 1
              : -1
      if (start >= 0) return start
    }
    return 0
  }

  /** The event after a node. */
  after(index: number): number {
    let open = 0
    let at = index
    do {
      const event = this.all[at++]
      if (event === undefined) return at
      if (event.type === this.library.EVENT_ID.POP) open--
      else if (
        event.type === this.library.EVENT_ID.MAPPING ||
        event.type === this.library.EVENT_ID.SEQUENCE
      )
        open++
    } while (open > 0)
    return at
  }

  /**
   * Where the value at a path begins, or its key; if there is none, the nearest around it. A block
   * begins with its key.
   */
  locate(path: Path, part: "key" | "value", anchors: Anchors): number | undefined {
    if (this.all.length < 2) return undefined
    let node = 1
    let found = 1
    for (const [i, step] of path.entries()) {
      const place = this.#child(this.#followed(node, anchors), step)
      if (place === undefined) break
      const last = i === path.length - 1
      const scalar = this.all[place.value]?.type === this.library.EVENT_ID.SCALAR
      found =
        place.key !== undefined && ((part === "key" && last) || !scalar) ? place.key : place.value
      node = place.value
    }
    return this.offset(found)
  }

  #followed(node: number, anchors: Anchors): number {
    const event = this.all[node]
    return event?.type === this.library.EVENT_ID.ALIAS
      ? (anchors.get(this.anchor(event)!)?.event ?? node)
      : node
  }

  #child(
    node: number,
    step: string | number
  ): { readonly key?: number; readonly value: number } | undefined {
    const event = this.all[node]
    if (
      event?.type !== this.library.EVENT_ID.MAPPING &&
      event?.type !== this.library.EVENT_ID.SEQUENCE
    )
      return undefined
    const inMapping = event.type === this.library.EVENT_ID.MAPPING
    let at = node + 1
    for (
      let number = 0;
      at < this.all.length && this.all[at]!.type !== this.library.EVENT_ID.POP;
      number++
    ) {
      const value = inMapping ? this.after(at) : at
      const key = this.all[at]!
      if (
        inMapping
          ? key.type === this.library.EVENT_ID.SCALAR && this.scalar(key) === String(step)
          : number === Number(step)
      )
        return inMapping ? { key: at, value } : { value }
      at = this.after(value)
    }
    return undefined
  }

  /** A text in quotes begins with the quote, a block with its sign. */
  #scalarStart({ style, valueStart }: JsYaml.ScalarEvent): number {
    if (valueStart < 0 || style === this.library.SCALAR_STYLE.PLAIN) return valueStart
    if (
      style === this.library.SCALAR_STYLE.SINGLE_QUOTED ||
      style === this.library.SCALAR_STYLE.DOUBLE_QUOTED
    )
      return valueStart - 1
    return Math.max(
      this.text.lastIndexOf("|", valueStart),
      this.text.lastIndexOf(">", valueStart),
      0
    )
  }
}

const decoded = (name: string): string => {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
