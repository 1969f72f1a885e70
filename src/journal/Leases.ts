/**
 * Leases: which questions the logs of a folder are asking at this moment, so that two processes
 * with the same questions do not both pay for them.
 *
 * Each log appends to a file of its own what it is about to ask and what came of it, and reads what
 * others append. It says first and looks then, so of two that ask the same at the same time at
 * least one sees the other; the younger gives way. A lease ends with its answer, or when its owner
 * is gone.
 */
import {
  closeSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync
} from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { PeerLeases } from "./PeerLeases.ts"
import type { Located } from "./segments.ts"
import { isWriterLive, writerName } from "./writers.ts"

/**
 * What an asker is to do: to ask, to look first whether others have answered meanwhile, or to look
 * again, since somebody else's request has ended.
 */
export type Turn = "ask" | "look, then ask" | "look again"

/** A question that somebody wants to ask. */
export interface Ticket {
  readonly key: string
  /** Whether its owner holds a lease: it has to say how the question ended. */
  holds: boolean
}

interface Asker {
  readonly ticket: Ticket
  readonly resume: (turn: Turn) => void
  left: boolean
}

const ending = ".asking"
const lookMs = 10
const touchMs = 5000
/**
 * A process that has been still for so long is no longer waited for: it is suspended, or was on
 * another machine.
 */
const stillMs = 60_000
/** A longer file is begun again with the leases that are open. */
const mostBytes = 1 << 20
/** The times of folders are told in steps of some milliseconds. */
const clockStepMs = 20

export class Leases {
  readonly #directory: string
  readonly #name: string
  /**
   * Brings the index up to date, so that what this log has answered can be found there; false if
   * that cannot be.
   */
  readonly #indexed: () => boolean
  #file: number
  #bytes = 0
  #lines: Array<string> = []
  /** Questions of this log that are asked now: how many askers each has. */
  readonly #open = new Map<string, number>()
  readonly #peers = new Map<string, PeerLeases>()
  /** Those of them whose processes are there. */
  #live: ReadonlyArray<readonly [name: string, peer: PeerLeases]> = []
  #listed = { changed: -1, at: 0 }
  /** Askers that wait for this log's turn of the event loop. */
  #arriving: Array<Asker> = []
  /** Askers that have said what they ask, and wait until a younger log has seen it. */
  #undecided: Array<Asker> = []
  /** Askers that wait for the answers of others. */
  #waiting: Array<Asker> = []
  #scheduled = false
  #timer: NodeJS.Timeout | undefined
  readonly #heartbeat: NodeJS.Timeout
  #closed = false

  constructor(directory: string, indexed: () => boolean) {
    this.#directory = directory
    this.#indexed = indexed
    this.#name = `${writerName()}${ending}`
    this.#file = openSync(this.#path, "wx")
    this.#heartbeat = setInterval(() => this.#touch(), touchMs)
    this.#heartbeat.unref()
    for (const name of this.#names())
      if (!isWriterLive(join(directory, name))) rmSync(join(directory, name), { force: true })
  }

  /**
   * Waits for the turn to ask a question: until nobody else is asking it, or somebody's request has
   * ended.
   */
  turn(ticket: Ticket): Effect.Effect<Turn> {
    return Effect.callback<Turn>((resume) => {
      const asker: Asker = { ticket, left: false, resume: (turn) => resume(Effect.succeed(turn)) }
      this.#arriving.push(asker)
      this.#schedule()
      return Effect.sync(() => {
        asker.left = true
      })
    })
  }

  /** Says that a question is asked, whoever else asks it. */
  announce(ticket: Ticket): void {
    this.#begin(ticket)
    this.#say("!", ticket.key)
  }

  /** The question was answered, and the answer is kept. */
  answered(ticket: Ticket, { length, offset, segment }: Located): void {
    this.#end("=", ticket, ` ${segment} ${offset} ${length}`)
  }

  /** The question got no answer; nothing happens if it was not asked. */
  dropped(ticket: Ticket): void {
    if (ticket.holds) this.#end("-", ticket)
  }

  /** Answers to a question that others got of late. */
  answersOf(key: string): ReadonlyArray<Located> {
    if (this.#peers.size === 0) return []
    return [...this.#peers.values()].flatMap((peer) => peer.answers.get(key) ?? [])
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#heartbeat)
    clearTimeout(this.#timer)
    closeSync(this.#file)
    rmSync(this.#path, { force: true })
  }

  get #path(): string {
    return join(this.#directory, this.#name)
  }

  #begin(ticket: Ticket): void {
    ticket.holds = true
    this.#open.set(ticket.key, (this.#open.get(ticket.key) ?? 0) + 1)
    this.#say("+", ticket.key)
  }

  #end(kind: "-" | "=", ticket: Ticket, more = ""): void {
    ticket.holds = false
    const left = this.#open.get(ticket.key)! - 1
    if (left > 0) this.#open.set(ticket.key, left)
    else this.#open.delete(ticket.key)
    this.#say(kind, ticket.key, more)
    this.#schedule()
  }

  #say(kind: "+" | "-" | "!" | "=", key: string, more = ""): void {
    this.#lines.push(`${kind}${key}${more}\n`)
  }

  #schedule(): void {
    if (this.#scheduled || this.#closed) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#step()
    })
  }

  #step(): void {
    if (this.#closed) return
    const arriving = this.#arriving.filter(({ left }) => !left)
    this.#arriving = []
    for (const { ticket } of arriving) this.#begin(ticket)
    this.#write()
    if (arriving.length + this.#undecided.length + this.#waiting.length === 0) return
    this.#look()
    const undecided = [...this.#undecided, ...arriving].filter(({ left }) => !left)
    const waiting = this.#waiting.filter(({ left }) => !left)
    this.#undecided = []
    this.#waiting = []
    const waitingFor = new Map<string, number>()
    const wait = (asker: Asker): void => {
      this.#waiting.push(asker)
      waitingFor.set(asker.ticket.key, (waitingFor.get(asker.ticket.key) ?? 0) + 1)
    }
    const mustWait = ({ ticket: { key } }: Asker): boolean =>
      this.#live.length > 0 && this.#heldByOthers(key) > (waitingFor.get(key) ?? 0)
    for (const asker of waiting) {
      if (mustWait(asker)) wait(asker)
      else asker.resume("look again")
    }
    for (const asker of undecided) {
      if (mustWait(asker)) {
        this.#end("-", asker.ticket)
        wait(asker)
      } else this.#decide(asker)
    }
    // Alone, there is nobody to be told in haste.
    if (this.#live.length > 0) this.#write()
    clearTimeout(this.#timer)
    if (this.#undecided.length + this.#waiting.length > 0)
      this.#timer = setTimeout(() => this.#step(), this.#undecided.length > 0 ? 1 : lookMs)
  }

  #decide(asker: Asker): void {
    const { key } = asker.ticket
    if (this.#live.some(([name, peer]) => name > this.#name && peer.undecided(key) > 0)) {
      // The younger gives way once it sees this lease, unless it looked before and has decided already.
      this.#undecided.push(asker)
      return
    }
    this.#say("!", key)
    asker.resume(this.#live.length === 0 ? "ask" : "look, then ask")
  }

  /** How many requests of others this log has to respect. */
  #heldByOthers(key: string): number {
    let held = 0
    for (const [name, peer] of this.#live)
      held += peer.decided(key) + (name < this.#name ? peer.undecided(key) : 0)
    return held
  }

  #write(): void {
    if (this.#lines.length === 0) return
    const bytes = Buffer.from(this.#lines.join(""))
    this.#lines = []
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done)
      this.#bytes += bytes.length
      if (this.#bytes > mostBytes && this.#indexed()) this.#beginAgain()
    } catch {
      // Where nothing can be written, the log itself says so; others may ask the same meanwhile.
    }
  }

  #beginAgain(): void {
    const text = [...this.#open].map(([key, count]) => `+${key}\n!${key}\n`.repeat(count)).join("")
    const provisional = `${this.#path}.partial`
    const file = openSync(provisional, "w")
    writeSync(file, text)
    renameSync(provisional, this.#path)
    closeSync(this.#file)
    this.#file = file
    this.#bytes = text.length
  }

  #touch(): void {
    this.#write()
    const now = new Date()
    try {
      utimesSync(this.#path, now, now)
    } catch {
      // As above.
    }
  }

  /** Reads what others have said. */
  #look(): void {
    const changed = statSync(this.#directory, { throwIfNoEntry: false })?.mtimeMs ?? 0
    const now = performance.now()
    if (changed !== this.#listed.changed) this.#listed = { changed, at: now }
    if (now - this.#listed.at <= clockStepMs) this.#list()
    for (const peer of this.#peers.values()) peer.read(now)
    this.#live = [...this.#peers].filter(
      ([name, peer]) => now - peer.changedAt <= stillMs && isWriterLive(join(this.#directory, name))
    )
  }

  #list(): void {
    const names = this.#names().filter((name) => name !== this.#name)
    for (const name of this.#peers.keys()) if (!names.includes(name)) this.#peers.delete(name)
    for (const name of names)
      if (!this.#peers.has(name)) this.#peers.set(name, new PeerLeases(join(this.#directory, name)))
  }

  #names(): ReadonlyArray<string> {
    try {
      return readdirSync(this.#directory).filter((name) => name.endsWith(ending))
    } catch {
      return []
    }
  }
}
