/** How servers differ that take batch jobs in OpenAI's protocol. */

export interface JobWays {
  /** What the purpose of a file of requests is called. Default `batch`. */
  readonly purpose?: string
  readonly mostRequests: number
  readonly mostBytes: number
  /** Whether jobs carry notes of whoever made them; else they are known by their file. */
  readonly takesMetadata: boolean
}
