/** Outages: a span of time in which a provider is down. */

/** From when to when, in seconds since the simulator started or was last reset, and how it shows. */
export interface Outage {
  readonly fromSeconds: number
  readonly toSeconds: number
  /** `reset`, if not given: connections are torn down at once; `503`: every request is answered so. */
  readonly shows?: OutageShows | undefined
}

export type OutageShows = "reset" | "503"

/** Whether the provider is down so long after the start. */
export const isDown = ({ fromSeconds, toSeconds }: Outage, sinceStartMs: number): boolean =>
  sinceStartMs >= fromSeconds * 1000 && sinceStartMs < toSeconds * 1000
