/**
 * Timelines: what happened when, in buckets of equal width that merge in pairs as time goes on, so
 * that a run of days takes no more memory than one of seconds.
 */

/** What is counted over time. */
export interface Progress {
  /** Source rows that are through. */
  readonly rows: number
  /** Answers of models. */
  readonly answers: number
  /** Tokens in and out. */
  readonly tokens: number
}

/**
 * A timeline as plain data. Its time is that of running: what lies between a stop and the run that
 * goes on is not in it.
 */
export interface Timeline {
  /** Milliseconds of each bucket. */
  width: number
  /** Milliseconds that are told of. */
  until: number
  rows: Array<number>
  answers: Array<number>
  tokens: Array<number>
}

const firstWidth = 100
const mostBuckets = 240

export const emptyTimeline = (): Timeline => ({
  width: firstWidth,
  until: 0,
  rows: [],
  answers: [],
  tokens: []
})

const lines = ["rows", "answers", "tokens"] as const

/** Adds what happened since the time that is told of, spread evenly until then. */
export const addUntil = (timeline: Timeline, until: number, progress: Progress): void => {
  const from = timeline.until
  if (!(until > from)) return
  while (Math.ceil(until / timeline.width) > mostBuckets) mergePairs(timeline)
  const { width } = timeline
  for (let bucket = Math.floor(from / width); bucket * width < until; bucket++) {
    const share =
      (Math.min(until, (bucket + 1) * width) - Math.max(from, bucket * width)) / (until - from)
    for (const line of lines)
      timeline[line][bucket] = (timeline[line][bucket] ?? 0) + progress[line] * share
  }
  timeline.until = until
}

const mergePairs = (timeline: Timeline): void => {
  timeline.width *= 2
  for (const line of lines) {
    const halves = timeline[line]
    timeline[line] = Array.from(
      { length: Math.ceil(halves.length / 2) },
      (_, i) => halves[2 * i]! + (halves[2 * i + 1] ?? 0)
    )
  }
}
