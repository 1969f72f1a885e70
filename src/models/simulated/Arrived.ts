/** Requests, as far as they tell where they go. */

export interface Arrived {
  readonly method: string
  /** The path without its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
}
