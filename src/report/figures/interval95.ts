/** How far a share of few rows may be from that of all rows. */

/** The 97.5th percentile of the normal distribution. */
const z = 1.959964

/** Wilson's interval, in which the share of all lies in 95 of 100 cases. */
export const interval95 = (hits: number, count: number): readonly [low: number, high: number] => {
  if (count === 0) return [0, 1]
  const share = hits / count
  const middle = share + (z * z) / (2 * count)
  const spread = z * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count))
  const scale = 1 + (z * z) / count
  return [Math.max(0, (middle - spread) / scale), Math.min(1, (middle + spread) / scale)]
}
