/** Puts rows back in order: rows come as they are ready, positions are told complete in any order, rows leave position by position. */
import { byPath, type Item } from "./Item.ts"

export class Resequencer {
  /** The first position that has not left. */
  #next: number
  /** Rows of positions that have not left; a position that is complete with no rows is there as an empty list. */
  readonly #waiting = new Map<number, Array<Item>>()
  readonly #complete = new Set<number>()
  #total: number | undefined
  readonly #leave: (items: ReadonlyArray<Item>) => void
  readonly #end: () => void

  constructor(start: number, leave: (items: ReadonlyArray<Item>) => void, end: () => void) {
    this.#next = start
    this.#leave = leave
    this.#end = end
  }

  /** Positions that have not left although later ones may be complete. */
  get next(): number {
    return this.#next
  }

  /** A row is here. */
  push(item: Item): void {
    const items = this.#waiting.get(item.position)
    if (items === undefined) this.#waiting.set(item.position, [item])
    else items.push(item)
  }

  /** No more rows of this position come. */
  complete(position: number): void {
    this.#complete.add(position)
    if (position === this.#next) this.#advance()
  }

  /** There are so many positions in all. */
  end(total: number): void {
    this.#total = total
    this.#advance()
  }

  #advance(): void {
    while (this.#complete.delete(this.#next)) {
      const position = this.#next++
      const items = this.#waiting.get(position)
      if (items !== undefined) {
        this.#waiting.delete(position)
        if (items.length > 1) items.sort(byPath)
        this.#leave(items)
      }
    }
    if (this.#next === this.#total) {
      this.#total = undefined
      this.#end()
    }
  }
}
