/** Values drawn for a row: any of several, always the same for the same row and seed. */
import { createHash } from "node:crypto"

/** The value that is given, else one of the values by seed and texts. */
export const drawn = <A>(
  given: A | undefined,
  values: ReadonlyArray<A>,
  ...by: ReadonlyArray<string | number>
): A => given ?? values[Math.floor(share(by) * values.length)]!

/** A number from 0 up to, not including, 1, by seed and texts. */
export const share = (by: ReadonlyArray<string | number>): number =>
  createHash("sha256").update(JSON.stringify(by)).digest().readUInt32BE(0) / 2 ** 32
