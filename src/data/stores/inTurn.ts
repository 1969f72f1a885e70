/** Requests that may go side by side, a few at a time. */

const atOnce = 4

/** Does something with each item, some of them side by side; fails with the first that fails. */
export const inTurn = async <A>(
  items: ReadonlyArray<A>,
  each: (item: A) => Promise<void>
): Promise<void> => {
  const left = items[Symbol.iterator]()
  let failed = false
  const work = async (): Promise<void> => {
    for (const item of left) {
      if (failed) return
      try {
        await each(item)
      } catch (thrown) {
        failed = true
        throw thrown
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work))
}
