/**
 * Answer pools: the kept answers to a question in the order in which an asker may take them. Its
 * own come first: those of its step and of a row with the same content or at the same place. Then
 * come those of steps and rows that are not in the run, the latest first.
 */
import type { AnswerLog } from "../../journal/AnswerLog.ts"
import { type AskerHashes, indexed } from "../../journal/LoggedResponse.ts"
import type { Candidate } from "../../journal/SegmentIndex.ts"
import { TakenPlaces } from "./TakenPlaces.ts"

/** An answer that an asker may take. */
export interface Offer {
  readonly candidate: Candidate
  /** Whether it is the asker's own. */
  readonly isOwn: boolean
}

/**
 * A question with more answers gets a pool that stays, so that its answers are looked through once
 * and not for each asker.
 */
const mostLoose = 64

export class AnswerPools {
  readonly #log: AnswerLog
  readonly #taken: TakenPlaces
  /** Steps of the run: their answers are wanted by themselves. */
  readonly #steps: ReadonlySet<number>
  /** Answers that only the rows that asked for them may take. */
  readonly #reserved = new TakenPlaces()
  readonly #pools = new Map<string, AnswerPool>()

  constructor(log: AnswerLog, taken: TakenPlaces, steps: ReadonlySet<number>) {
    this.#log = log
    this.#taken = taken
    this.#steps = steps
  }

  /** The index is another one: what was read of it does not count any more. */
  forget(): void {
    this.#pools.clear()
  }

  /** An answer is for the row that asked for it and for no other. */
  reserve(candidate: Candidate): void {
    this.#reserved.add(candidate)
  }

  /** The answers under a key that nobody has taken, best first. */
  *offers(key: string, asker: AskerHashes): Generator<Offer> {
    const known = this.#pools.get(key)
    const few = known === undefined ? this.#log.candidates(key, mostLoose + 1) : []
    const pool = few.length > mostLoose ? this.#madePool(key) : known
    for (const candidate of pool === undefined ? nearestFirst(few, asker) : pool.candidates(asker))
      yield* this.#offered(candidate, asker)
    for (const located of this.#log.leases.answersOf(key)) {
      const entry = this.#taken.has(located) ? undefined : this.#log.read(key, located)
      if (entry !== undefined)
        yield* this.#offered({ ...located, ...indexed(entry, located).answer!.asker }, asker)
    }
  }

  *#offered(candidate: Candidate, asker: AskerHashes): Generator<Offer> {
    const isOwn =
      candidate.step === asker.step &&
      (candidate.content === asker.content || candidate.place === asker.place)
    if (isOwn ? !this.#taken.has(candidate) : this.#isFree(candidate, asker))
      yield { candidate, isOwn }
  }

  /** Whether an asker may take an answer that is not its own. */
  readonly #isFree = (candidate: Candidate, { step }: AskerHashes): boolean =>
    !this.#taken.has(candidate) &&
    !this.#reserved.has(candidate) &&
    (candidate.step === step || !this.#steps.has(candidate.step))

  #madePool(key: string): AnswerPool {
    const pool = new AnswerPool(this.#log.candidates(key, -1), this.#taken, this.#isFree)
    this.#pools.set(key, pool)
    return pool
  }
}

/** The latest first, but those that are most the asker's before them. */
const nearestFirst = (
  candidates: ReadonlyArray<Candidate>,
  asker: AskerHashes
): ReadonlyArray<Candidate> =>
  candidates.length < 2
    ? candidates
    : candidates.toReversed().toSorted((a, b) => nearness(b, asker) - nearness(a, asker))

/** How much an answer is the asker's. */
const nearness = ({ content, place, step }: AskerHashes, asker: AskerHashes): number => {
  const near = (content === asker.content ? 2 : 0) + (place === asker.place ? 1 : 0)
  return near === 0 ? 0 : near + (step === asker.step ? 4 : 0)
}

/** Many answers to one question. */
class AnswerPool {
  readonly #candidates: ReadonlyArray<Candidate>
  readonly #taken: TakenPlaces
  readonly #isFree: (candidate: Candidate, asker: AskerHashes) => boolean
  readonly #byPlace: ReadonlyMap<number, ReadonlyArray<Candidate>>
  readonly #byContent: ReadonlyMap<number, Array<Candidate>>
  /** By step: from here on none is free. */
  readonly #ends = new Map<number, number>()

  constructor(
    candidates: ReadonlyArray<Candidate>,
    taken: TakenPlaces,
    isFree: (candidate: Candidate, asker: AskerHashes) => boolean
  ) {
    this.#candidates = candidates
    this.#taken = taken
    this.#isFree = isFree
    this.#byPlace = Map.groupBy(candidates, ({ place }) => place)
    this.#byContent = Map.groupBy(candidates, ({ content }) => content)
  }

  *candidates(asker: AskerHashes): Generator<Candidate> {
    const placed = (this.#byPlace.get(asker.place) ?? []).toSorted(
      (a, b) => nearness(b, asker) - nearness(a, asker)
    )
    yield* placed.filter(({ content }) => content === asker.content)
    yield* this.#latest(this.#byContent.get(asker.content) ?? [])
    yield* placed.filter(({ content }) => content !== asker.content)
    let end = this.#ends.get(asker.step) ?? this.#candidates.length
    for (let i = end - 1; i >= 0; i--) {
      const candidate = this.#candidates[i]!
      if (this.#isFree(candidate, asker)) yield candidate
      if (i === end - 1 && !this.#isFree(candidate, asker)) this.#ends.set(asker.step, (end = i))
    }
  }

  /** The latest first; those at the end that are taken are forgotten. */
  *#latest(group: Array<Candidate>): Generator<Candidate> {
    while (group.length > 0 && this.#taken.has(group.at(-1)!)) group.pop()
    for (let i = group.length - 1; i >= 0; i--) yield group[i]!
  }
}
