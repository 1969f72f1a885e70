/**
 * Paid answers: what models answered in this run and in earlier ones, so that no question is paid
 * for twice.
 *
 * An answer belongs to the row that asked for it, and a run uses it at most once: rows with the
 * same question each get an answer of their own, as they would without a log. A row takes the
 * answer that it had; else one from earlier runs that no row of this run has; else it asks. Of two
 * runs that ask the same question at the same time one asks, and the other waits for that answer.
 */
import * as Effect from "effect/Effect"
import type { AnswerLog } from "../../journal/AnswerLog.ts"
import type { Claim } from "../../journal/Claims.ts"
import type { Ticket, Turn } from "../../journal/Leases.ts"
import {
  type Asker,
  type AskerHashes,
  askerHashes,
  type LoggedResponse,
  stepHash,
  type Used
} from "../../journal/LoggedResponse.ts"
import type { Located } from "../../journal/segments.ts"
import type {
  Answers,
  Asking,
  Question,
  Recalled,
  SavedQuestion,
  Usage
} from "../../models/asking/Answers.ts"
import type { Priced } from "../../models/asking/prices.ts"
import { digest128 } from "../keep/signature.ts"
import { AnswerPools } from "./AnswerPools.ts"
import type { RunBeginning } from "./RunRecord.ts"
import { TakenPlaces } from "./TakenPlaces.ts"

/** For whom answers are. */
export interface PaidAnswersOptions {
  readonly pipeline: string
  /** The steps of the run's graph that ask models. */
  readonly steps: ReadonlyArray<string>
  /** Whether answers of earlier times are taken. */
  readonly recalls: boolean
  /** What an answer to a step costs, in US dollars; undefined if its price is not known. */
  readonly costOf: (step: string, used: Priced) => number | undefined
  readonly mayAsk: () => boolean
  /** Milliseconds since 1970, on the run's clock. */
  readonly now: () => number
  readonly onSpent: (step: string, usage: Usage) => void
}

export class PaidAnswers implements Answers {
  readonly #log: AnswerLog
  readonly #options: PaidAnswersOptions
  readonly #pools: AnswerPools
  readonly #taken = new TakenPlaces()
  #begun: RunBeginning = {
    run: "",
    earlier: [],
    paid: [],
    start: 0,
    claims: [],
    hasCheckpoints: false
  }
  /** Answers of other runs that rows of this one have taken since it began. */
  #claims: Array<Claim> = []

  constructor(log: AnswerLog, options: PaidAnswersOptions) {
    this.#log = log
    this.#options = options
    this.#pools = new AnswerPools(log, this.#taken, new Set(options.steps.map(stepHash)))
  }

  /** The run begins. */
  begin(beginning: RunBeginning): void {
    this.#begun = beginning
    for (const place of beginning.claims) this.#taken.add(place)
  }

  readonly spent = (step: string, usage: Usage): void => this.#options.onSpent(step, usage)

  readonly mayAsk = (): boolean => this.#options.mayAsk()

  readonly costOf = (step: string, usage: Usage): number | undefined =>
    this.#options.costOf(step, usage)

  readonly findable = (): void => void this.#log.indexPending()

  readonly keepFor = (
    question: SavedQuestion,
    since: number,
    answer: unknown,
    usage: Usage
  ): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (this.#keptSince(question, since)) return Effect.void
      this.spent(question.step, usage)
      return Effect.asVoid(this.#append(this.#entry(question, 1, usage, answer)))
    })

  /** Answers of other runs that rows before a position have taken, each told once. */
  claimsBefore(position: number): ReadonlyArray<Claim> {
    const before = this.#claims.filter((claim) => claim.position < position)
    this.#claims = this.#claims.filter((claim) => claim.position >= position)
    return before
  }

  readonly ask = (question: Question): Asking => {
    const {
      request: { asker = nobody, recalls = "any" },
      sample
    } = question
    const ticket = { key: digest128(keyOf(question)), holds: false }
    const who = hashedAsker(asker, sample)
    const saved = savedOf(question, ticket.key)
    const { leases } = this.#log
    return {
      question: saved,
      recall: Effect.suspend(() => {
        if (this.#options.recalls && recalls === "any") return this.#recalled(ticket, who)
        const own =
          this.#options.recalls && recalls === "this run"
            ? this.#find(ticket.key, who, true)
            : undefined
        if (own === undefined) leases.announce(ticket)
        return Effect.succeed(own)
      }),
      keep: (output, attempt, usage) =>
        Effect.map(
          this.#append(this.#entry(saved, attempt, usage, output), who.hashes),
          (located) => {
            this.#taken.add(located)
            leases.answered(ticket, located)
          }
        ),
      spend: (usage, attempt) =>
        Effect.asVoid(this.#append(this.#entry(saved, attempt, usage, undefined))),
      end: () => leases.dropped(ticket)
    }
  }

  /** The answer of an earlier time, or of another process that is asking now. */
  #recalled(ticket: Ticket, who: HashedAsker): Effect.Effect<Recalled | undefined> {
    const found = this.#find(ticket.key, who, false)
    if (found !== undefined) return Effect.succeed(found)
    const { leases } = this.#log
    return Effect.flatMap(leases.turn(ticket), (turn: Turn) => {
      const late = turn === "ask" ? undefined : this.#find(ticket.key, who, false)
      if (late === undefined)
        return turn === "look again"
          ? Effect.suspend(() => this.#recalled(ticket, who))
          : Effect.succeed(undefined)
      leases.dropped(ticket)
      return Effect.succeed(late)
    })
  }

  /**
   * An answer for an asker among those kept under a key; only its own of this run where
   * `ofThisRun`.
   */
  #find(key: string, asker: HashedAsker, ofThisRun: boolean): Recalled | undefined {
    const { earlier, hasCheckpoints, run, start } = this.#begun
    const { rebuilds } = this.#log
    for (const { candidate, isOwn } of this.#pools.offers(key, asker.hashes)) {
      // Its own come first.
      if (ofThisRun && !isOwn) return undefined
      const entry = this.#log.read(key, candidate)
      if (this.#log.rebuilds > rebuilds) {
        this.#pools.forget()
        return this.#find(key, asker, ofThisRun)
      }
      if (entry === undefined) continue
      const isOfRun = entry.run === run
      if ((isOfRun || earlier.includes(entry.run ?? "")) && positionOf(entry.row) < start)
        this.#taken.add(candidate)
      else if (isOfRun && !isOwn) this.#pools.reserve(candidate)
      else if (isOfRun || !ofThisRun) {
        this.#taken.add(candidate)
        if (hasCheckpoints && (!isOfRun || entry.row !== asker.row))
          this.#claims.push({ position: positionOf(asker.row), place: candidate })
        return { answer: entry.output, attempt: entry.attempt ?? 1 }
      }
    }
    return undefined
  }

  /** A log that cannot be written ends the run: going on would spend what a crash then loses. */
  #append(entry: LoggedResponse, asker?: AskerHashes): Effect.Effect<Located> {
    return Effect.orDie(this.#log.append(entry, asker))
  }

  /** Whether an answer to just this question of just this asker was kept since a time. */
  #keptSince(question: SavedQuestion, since: number): boolean {
    return this.#log.candidates(question.key, -1).some((candidate) => {
      const entry = this.#log.read(question.key, candidate)
      return (
        entry !== undefined &&
        entry.at >= since &&
        entry.step === question.step &&
        entry.row === question.row &&
        entry.content === question.content &&
        (entry.sample ?? 0) === question.sample
      )
    })
  }

  #entry(
    { asked, content, key, llm, model, row, sample, step }: SavedQuestion,
    attempt: number,
    usage: Usage,
    output: unknown
  ): LoggedResponse {
    return {
      key,
      at: this.#options.now(),
      llm,
      model,
      pipeline: this.#options.pipeline,
      run: this.#begun.run,
      step,
      row,
      content,
      ...(sample === 0 ? {} : { sample }),
      ...(attempt === 1 ? {} : { attempt }),
      used: this.#used(step, usage),
      asked,
      ...(output === undefined ? {} : { output })
    }
  }

  #used(step: string, usage: Usage): Used {
    const { estimated, inputTokens, outputTokens } = usage
    const cost = this.costOf(step, usage)
    return {
      input: inputTokens,
      output: outputTokens,
      ...(cost === undefined ? {} : { cost }),
      ...(estimated ? { estimated } : {})
    }
  }
}

/** Who asks, with the hashes that are looked for first and kept with the answer. */
type HashedAsker = Pick<Asker, "row"> & { readonly hashes: AskerHashes }

const hashedAsker = (asker: Omit<Asker, "sample">, sample: number): HashedAsker => ({
  row: asker.row,
  hashes: askerHashes({ ...asker, sample })
})

const savedOf = (
  { llm, model, request: { asker = nobody }, sample, shown }: Question,
  key: string
): SavedQuestion => ({
  key,
  llm,
  model,
  asked: shown.length > longestAsked ? `${shown.slice(0, longestAsked)}…` : shown,
  step: asker.step,
  row: asker.row,
  content: asker.content,
  sample
})

/** The position of the source row that a row came of. */
const positionOf = (row: string | undefined): number => Number.parseInt(row ?? "", 10)

const nobody = { step: "", row: "", content: "" }

/** All that determines an answer. Chats have always been kept without the name of their kind. */
const keyOf = ({ baseUrl, identity, kind, llm, model }: Question): string =>
  JSON.stringify([llm, model, baseUrl, ...(kind === "chat" ? [] : [kind]), ...identity])

const longestAsked = 500
