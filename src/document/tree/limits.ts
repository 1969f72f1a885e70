/** Limits on what a document from anywhere may be. */

export interface Limits {
  /** The longest text, in bytes. Default 32 MB. */
  readonly maxBytes: number
  /** The deepest nesting. Default 100. */
  readonly maxDepth: number
  /** The most values, those that aliases repeat counted each time. Default 2,000,000. */
  readonly maxValues: number
}

export const defaultLimits: Limits = {
  maxBytes: 32 * 1024 * 1024,
  maxDepth: 100,
  maxValues: 2_000_000
}

/** A document that is larger, deeper or more repetitive than is allowed. */
export class LimitExceeded extends Error {
  override readonly name = "LimitExceeded"
}

export const tooDeep = ({ maxDepth }: Limits): LimitExceeded =>
  new LimitExceeded(
    `it is nested more than ${maxDepth} levels deep. Pipelines are not: this is no pipeline, or give limits: { maxDepth: … }`
  )

export const tooMany = ({ maxValues }: Limits): LimitExceeded =>
  new LimitExceeded(
    `with its aliases written out it has more than ${maxValues.toLocaleString("en")} values. Take aliases out, or give limits: { maxValues: … }`
  )
