/**
 * Latency: whether answers take so much longer than they did that requests must be queueing at the
 * model. Two moving averages of the logarithm of latency are compared, a short and a long one.
 *
 * Of requests that go together the fast answers come first and the slow ones last, at the beginning
 * of a run, after each lull and wherever requests run out: the short average is over as many
 * answers as were in flight together, so that it holds both.
 */

export interface Latency {
  /** Answers so far: of the first ones both averages are of all of them. */
  readonly answers: number
  readonly short: number
  readonly long: number
  /** About how many requests were in flight at most of late. */
  readonly most: number
}

export const noLatency: Latency = { answers: 0, short: 0, long: 0, most: 0 }

/** So many answers the short average is over at least. */
const fewestAnswers = 100
/** The long average is over so many times more. */
const longer = 20
/** What was in flight at most is forgotten over four times as many answers. */
const forgotten = 1 / 4
/** Latency that has doubled means a queue. */
const doubled = Math.LN2

/** With another answer, at whose arrival so many requests were in flight, itself among them. */
export const withAnswer = (before: Latency, latencyMs: number, inFlight: number): Latency => {
  const answers = before.answers + 1
  const most = Math.max(inFlight, before.most - forgotten)
  const log = Math.log(Math.max(1, latencyMs))
  const over = Math.max(fewestAnswers, most)
  const average = (value: number, count: number): number =>
    value + (log - value) / (answers <= over ? answers : count)
  return {
    answers,
    short: average(before.short, over),
    long: average(before.long, over * longer),
    most
  }
}

/** Whether requests queue up at the model. */
export const showsQueue = ({ long, short }: Latency): boolean => short - long >= doubled

/** What an answer takes of late, in milliseconds. */
export const usualMs = ({ short }: Latency): number => Math.exp(short)
