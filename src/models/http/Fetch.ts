/** Ways to send requests. */

/** The signature that all SDKs take. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/**
 * Posts a text, and calls one of the two functions with the text that came back, or with what went
 * wrong. Returns what aborts the request.
 */
export type Post = (
  body: string,
  answered: (text: string) => void,
  failed: (error: unknown) => void
) => () => void

/** A fetch that also prepares requests which differ in their bodies alone. */
export interface PreparingFetch extends Fetch {
  readonly prepared: (url: string, headers: Iterable<readonly [string, string]>) => Post
}
