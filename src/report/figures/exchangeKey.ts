/**
 * Keys of exchanges: by its question and its answer a row says which one was its own, wherever it
 * has gone.
 */

/** FNV-1a, twice: 64 bits of which every browser can work out the same. */
export const exchangeKey = (step: string, input: unknown, output: unknown): string => {
  const text = JSON.stringify([step, input, output])
  let [low, high] = [0x811c9dc5, 0x01000193]
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul(high ^ unit ^ i, 0x85ebca6b)
  }
  return [low, high].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("")
}
