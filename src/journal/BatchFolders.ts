/**
 * Folders of jobs: what was put into each, how far it is, and what came of it. Every step is a file
 * that appears by a rename, so that a process that is killed leaves the state of before or of after
 * it.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { makeFolder } from "../disk/makeFolder.ts"
import { sealed, unsealed } from "../disk/sealed.ts"
import { isWriterLive, writerName } from "./writers.ts"

const ownerEnding = ".owner"
/** What the owner's file is called where a process has left the job to the next one. */
const nobody = `none${ownerEnding}`
const factsName = "chunk.json"
const entriesName = "questions.jsonl"
const linesName = "requests.jsonl"
const resultsName = "results.jsonl"
const stepEnding = ".step.json"

/** What does not change about a job, whatever else is known of it. */
interface AnyFacts {
  readonly place: string
}

/**
 * The jobs of a cache directory: facts about each, an entry for each of its requests, and how far
 * it has come, as its makers say.
 */
export class BatchFolders<Facts extends AnyFacts, Entry, Progress extends object> {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  readonly name = (): string => writerName()

  /** Chunks whose process is gone; they are this process's from then on. */
  readonly adopt = (place?: string): ReadonlyArray<BatchFolder<Facts, Entry, Progress>> =>
    this.all().filter(
      (folder) => (place === undefined || folder.facts.place === place) && folder.adopt()
    )

  /** Every chunk, whoever works on it. */
  all(): ReadonlyArray<BatchFolder<Facts, Entry, Progress>> {
    return namesIn(this.#directory)
      .filter((name) => !name.startsWith(".") && existsSync(join(this.#directory, name, factsName)))
      .toSorted()
      .map((name) => new BatchFolder<Facts, Entry, Progress>(this.#directory, name))
  }

  readonly add = (
    facts: Facts,
    entries: ReadonlyArray<Entry>,
    lines: ReadonlyArray<string>
  ): BatchFolder<Facts, Entry, Progress> => {
    makeFolder(this.#directory)
    const name = this.name()
    const provisional = join(this.#directory, `.${name}`)
    mkdirSync(provisional)
    writeFileSync(join(provisional, entriesName), sealedLines(entries))
    writeFileSync(join(provisional, linesName), lines.map((line) => `${line}\n`).join(""))
    writeFileSync(join(provisional, `${name}${ownerEnding}`), "")
    writeFileSync(join(provisional, factsName), sealed(JSON.stringify(facts)))
    renameSync(provisional, join(this.#directory, name))
    return new BatchFolder<Facts, Entry, Progress>(this.#directory, name, lines)
  }
}

/** The folder of one job. */
export class BatchFolder<Facts extends AnyFacts, Entry, Progress extends object> {
  readonly name: string
  readonly facts: Facts
  readonly #path: string
  #owner: string
  #progress: Partial<Progress> | undefined
  /** The requests, as long as they may yet be sent. */
  #lines: ReadonlyArray<string> | undefined

  constructor(directory: string, name: string, lines?: ReadonlyArray<string>) {
    this.name = name
    this.#path = join(directory, name)
    this.#owner = `${name}${ownerEnding}`
    this.#lines = lines
    this.facts = this.#read(factsName) as Facts
  }

  /** How far it is, as the process knows that works on it. */
  get progress(): Partial<Progress> {
    return (this.#progress ??= Object.fromEntries(
      namesIn(this.#path).flatMap((name) =>
        name.endsWith(stepEnding) && !name.startsWith(".")
          ? [[name.slice(0, -stepEnding.length), this.#read(name)]]
          : []
      )
    ) as Partial<Progress>)
  }

  readonly note = <Step extends keyof Progress & string>(
    step: Step,
    what: NonNullable<Progress[Step]>
  ): void => {
    this.#write(`${step}${stepEnding}`, sealed(JSON.stringify(what)))
    this.#progress = { ...this.progress, [step]: what }
  }

  readonly entries = (): ReadonlyArray<Entry> =>
    readFileSync(join(this.#path, entriesName), "utf8")
      .split("\n")
      .flatMap((line) => {
        const text = unsealed(line)
        return text === undefined ? [] : [JSON.parse(text) as Entry]
      })

  /** The requests. They are read again only by a process that did not write them. */
  readonly lines = (): ReadonlyArray<string> => {
    const lines =
      this.#lines ??
      readFileSync(join(this.#path, linesName), "utf8")
        .split("\n")
        .filter((line) => line !== "")
    this.#lines = undefined
    return lines
  }

  readonly results = (): string | undefined => {
    const path = join(this.#path, resultsName)
    return existsSync(path) ? readFileSync(path, "utf8") : undefined
  }

  readonly keepResults = (text: string): void => this.#write(resultsName, text)

  /** On another machine only the age of its file tells that this process is there. */
  readonly touch = (): void => {
    const now = new Date()
    try {
      utimesSync(join(this.#path, this.#owner), now, now)
    } catch {
      // Whoever has removed the folder has the job.
    }
  }

  /** Leaves the job to whoever comes next. */
  readonly release = (): void => {
    try {
      renameSync(join(this.#path, this.#owner), join(this.#path, nobody))
    } catch {
      // As above.
    }
  }

  readonly forget = (): void => rmSync(this.#path, { recursive: true, force: true })

  /** Whether a process works on it. */
  get isLive(): boolean {
    return this.#owners().some((owner) => owner !== nobody && isWriterLive(join(this.#path, owner)))
  }

  /** Takes over the job of a process that is gone; false if another one is there, or was first. */
  adopt(): boolean {
    const [owner] = this.isLive ? [] : this.#owners()
    if (owner === undefined) return false
    const own = `${writerName()}${ownerEnding}`
    try {
      // Of several processes that try, one finds the file.
      renameSync(join(this.#path, owner), join(this.#path, own))
    } catch {
      return false
    }
    this.#owner = own
    // What the process before has noted since it was looked at.
    this.#progress = undefined
    this.touch()
    return true
  }

  #owners(): ReadonlyArray<string> {
    return namesIn(this.#path).filter((name) => name.endsWith(ownerEnding))
  }

  #read(name: string): unknown {
    const path = join(this.#path, name)
    const text = existsSync(path) ? unsealed(readFileSync(path, "utf8")) : undefined
    return text === undefined ? undefined : JSON.parse(text)
  }

  #write(name: string, text: string): void {
    const provisional = join(this.#path, `.${name}`)
    writeFileSync(provisional, text)
    renameSync(provisional, join(this.#path, name))
  }
}

const sealedLines = (entries: ReadonlyArray<unknown>): string =>
  entries.map((entry) => `${sealed(JSON.stringify(entry))}\n`).join("")

const namesIn = (directory: string): ReadonlyArray<string> =>
  existsSync(directory) ? readdirSync(directory) : []
