/**
 * Puts rows back in order: rows come as they are ready, positions are told complete in any order,
 * rows leave position by position.
 */
import { byPath, type Item } from "../plan/Item.ts"

/** A position whose rows have not left. */
interface Waiting {
  readonly items: Array<Item>
  complete: boolean
}

const fewestPlaces = 1024

export class Resequencer {
  /** The first position that has not left. */
  #next: number
  /**
   * A ring of places, one for each position from the first that has not left on; it is as long as a
   * power of two.
   */
  #places: Array<Waiting | undefined> = Array.from({ length: fewestPlaces })
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
    this.#at(item.position).items.push(item)
  }

  /** No more rows of this position come. */
  complete(position: number): void {
    this.#at(position).complete = true
    if (position === this.#next) this.#advance()
  }

  /** There are so many positions in all. */
  end(total: number): void {
    this.#total = total
    this.#advance()
  }

  #at(position: number): Waiting {
    while (position - this.#next >= this.#places.length) this.#widen()
    const place = position & (this.#places.length - 1)
    return (this.#places[place] ??= { items: [], complete: false })
  }

  #widen(): void {
    const narrow = this.#places
    this.#places = Array.from({ length: narrow.length * 2 })
    for (let position = this.#next; position < this.#next + narrow.length; position++) {
      this.#places[position & (this.#places.length - 1)] = narrow[position & (narrow.length - 1)]
    }
  }

  #advance(): void {
    for (;;) {
      const place = this.#next & (this.#places.length - 1)
      const waiting = this.#places[place]
      if (waiting?.complete !== true) break
      this.#places[place] = undefined
      this.#next++
      const { items } = waiting
      if (items.length > 1) items.sort(byPath)
      if (items.length > 0) this.#leave(items)
    }
    if (this.#next === this.#total) {
      this.#total = undefined
      this.#end()
    }
  }
}
