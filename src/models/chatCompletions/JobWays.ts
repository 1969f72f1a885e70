/** How servers differ that take batch jobs of requests in OpenAI's protocol. */

/** Jobs over files, as OpenAI has them. */
export interface FileJobs {
  /** What the purpose of a file of requests is called. Default `batch`. */
  readonly purpose?: string
  readonly mostRequests: number
  readonly mostBytes: number
  /** Whether jobs carry notes of whoever made them; else they are known by their file. */
  readonly takesMetadata: boolean
}

/** Jobs that hold their requests and, in the end, their results. */
export interface InlineJobs {
  readonly inline: true
  readonly mostRequests: number
  readonly mostBytes: number
}

export type JobWays = FileJobs | InlineJobs
