/**
 * Histograms: how many values lie where, in buckets that grow with the values, so that any number
 * of them takes the same little memory.
 */

/**
 * A histogram as plain data. Bucket 0 holds values below 1, bucket `i` those from `2 ** ((i - 1) /
 * 4)` to `2 ** (i / 4)`.
 */
export interface Histogram {
  /** Values by bucket. */
  counts: Array<number>
  count: number
  sum: number
  min: number
  max: number
}

const perDoubling = 4

/** More would be more than 2 ** 60. */
const mostBuckets = 60 * perDoubling

export const emptyHistogram = (): Histogram => ({ counts: [], count: 0, sum: 0, min: 0, max: 0 })

const bucketOf = (value: number): number =>
  value < 1 ? 0 : Math.min(mostBuckets, 1 + Math.floor(Math.log2(value) * perDoubling))

/** The least value of a bucket. */
export const bucketStart = (bucket: number): number =>
  bucket <= 0 ? 0 : 2 ** ((bucket - 1) / perDoubling)

/** Adds a value; what is no number at or above 0 says nothing. */
export const addValue = (histogram: Histogram, value: number): void => {
  if (!(value >= 0) || value === Infinity) return
  const bucket = bucketOf(value)
  while (histogram.counts.length <= bucket) histogram.counts.push(0)
  histogram.counts[bucket]!++
  histogram.min = histogram.count === 0 ? value : Math.min(histogram.min, value)
  histogram.max = Math.max(histogram.max, value)
  histogram.count++
  histogram.sum += value
}

/** The histogram of all values of several. */
export const merged = (histograms: ReadonlyArray<Histogram>): Histogram => {
  const all = emptyHistogram()
  for (const { count, counts, max, min, sum } of histograms) {
    if (count === 0) continue
    counts.forEach((held, bucket) => (all.counts[bucket] = (all.counts[bucket] ?? 0) + held))
    all.min = all.count === 0 ? min : Math.min(all.min, min)
    all.max = Math.max(all.max, max)
    all.count += count
    all.sum += sum
  }
  return all
}

/**
 * The value below which a share of all values lies, as near as its bucket says; undefined where
 * there are none.
 */
export const quantile = (
  { count, counts, max, min }: Histogram,
  share: number
): number | undefined => {
  if (count === 0) return undefined
  const wanted = share * count
  let before = 0
  for (const [bucket, held] of counts.entries()) {
    if (held > 0 && before + held >= wanted) {
      const [from, to] = [
        Math.max(min, bucketStart(bucket)),
        Math.min(max, bucketStart(bucket + 1))
      ]
      return from + ((to - from) * Math.max(0, wanted - before)) / held
    }
    before += held
  }
  return max
}
