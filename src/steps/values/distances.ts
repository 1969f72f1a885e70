/** Distances of vectors that have the same length. */

type Vector = ReadonlyArray<number>

/** The vector scaled to length 1; one of zeros stays as it is. */
export const normalized = (vector: Vector): Vector => {
  const length = Math.hypot(...vector)
  return length === 0 ? vector : vector.map((value) => value / length)
}

/** One less the cosine of the angle; 1 from a vector of zeros. */
export const cosine = (a: Vector, b: Vector): number => {
  let product = 0
  let ofA = 0
  let ofB = 0
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!
    ofA += a[i]! ** 2
    ofB += b[i]! ** 2
  }
  const lengths = Math.sqrt(ofA * ofB)
  const distance = lengths === 0 ? 1 : 1 - product / lengths
  // What rounding leaves of equal directions.
  return distance < 1e-12 ? 0 : distance
}

export const euclidean = (a: Vector, b: Vector): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2
  return Math.sqrt(sum)
}

export const manhattan = (a: Vector, b: Vector): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!)
  return sum
}

/** The distance of two embeddings. Throws if they have different lengths. */
export const distanceBy = (metric: "cosine" | "manhattan"): ((a: Vector, b: Vector) => number) => {
  const measured = metric === "cosine" ? cosine : manhattan
  return (a, b) => {
    if (a.length !== b.length)
      throw new Error(`embeddings have different lengths: ${a.length} and ${b.length} numbers`)
    return measured(a, b)
  }
}
