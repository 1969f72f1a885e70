/**
 * The record of a run: what is done and written, so that a stopped run resumes, and a finished one
 * is not repeated. What an earlier run left counts as far as its checksums hold.
 */
import { randomUUID } from "node:crypto"
import * as Effect from "effect/Effect"
import type { Columns } from "../../columns/Columns.ts"
import type { Row } from "../../columns/Row.ts"
import { removeChecksums, writeChecksums } from "../../data/distiset/checksums.ts"
import { type Distiset, distisetOf } from "../../data/distiset/Distiset.ts"
import type { Story } from "../../data/distiset/Story.ts"
import type { FileMark } from "../../data/files/JsonLines.ts"
import { DataError } from "../../data/rows/DataError.ts"
import {
  type Checkpoint,
  CheckpointWriter,
  type Finish,
  type LeafMark,
  readPast,
  type RunIdentity,
  type SourceSum
} from "../../journal/Checkpoints.ts"
import {
  type AnswerPlace,
  type Claim,
  ClaimsWriter,
  PastClaims,
  placesIn
} from "../../journal/Claims.ts"
import type { StepFailed } from "../../step/StepFailed.ts"
import type { Sink } from "../nodes/LeafRun.ts"
import { checksumsOf, completeFiles, LeafFiles, type Shapes } from "./LeafFiles.ts"
import { damageText, noResult, type PastResult, readResult } from "./pastResult.ts"
import { type FilesOfSteps, StepFiles } from "./StepFiles.ts"

export interface RecordOptions {
  readonly directory: string
  readonly signature: string
  readonly leaves: ReadonlyArray<string>
  /** Files that steps write their rows to. */
  readonly files: FilesOfSteps
  /** The columns at each step, given those that sources found in their files. */
  readonly shapes: (sources: ReadonlyMap<string, Columns>) => Shapes
  /** What cards say about its rows. */
  readonly story: Story
  /**
   * Whether the dataset of an earlier run in the folder is worked on further: what it has cost
   * counts.
   */
  readonly continues: boolean
  /** Whether its rows stay. */
  readonly resumes: boolean
  /** Whether files are complete only when the end of the machine does not take them any more. */
  readonly syncs: boolean
  /** Whether a run that was finished counts as such. */
  readonly staysFinished: boolean
  /** Gets where the run begins, once it does. */
  readonly onBegin?: (beginning: RunBeginning) => void
  /** Answers of other runs that rows before a position have taken, each once. */
  readonly claimsBefore?: (position: number) => ReadonlyArray<Claim>
  /** Is told when all rows before a position are through. */
  readonly onCheckpoint?: (position: number) => void
  /** Gets a sentence about a result that is damaged, and what the run does about it. */
  readonly onDamage?: (sentence: string) => void
}

/** Where a run begins, and which run it is. */
export interface RunBeginning extends RunIdentity {
  /** Rows before this position are through. */
  readonly start: number
  /** Answers of other runs that they have taken. */
  readonly claims: ReadonlyArray<AnswerPlace>
  /** Whether checkpoints follow, so that it matters which answers rows take. */
  readonly hasCheckpoints: boolean
}

/** What an earlier run of the same graph left that still holds. */
interface Past extends PastResult {
  /** Which run it was; undefined if nothing goes on from there. */
  readonly identity: RunIdentity | undefined
  /** Whether it was stopped or killed and goes on now. */
  readonly isOpen: boolean
  readonly claims: PastClaims
}

const noPast: Past = { ...noResult, identity: undefined, isOpen: false, claims: new PastClaims() }

export class RunRecord {
  readonly #options: RecordOptions
  readonly #past: Past
  #files: LeafFiles | undefined
  #stepFiles: StepFiles | undefined
  #writer: CheckpointWriter | undefined
  #claims: ClaimsWriter | undefined
  /** What is known of checkpoints that not all leaves and files have come to. */
  readonly #open = new Map<
    number,
    {
      rows?: string
      state?: unknown
      readonly leaves: Record<string, LeafMark>
      readonly files: Record<string, FileMark>
    }
  >()
  readonly #sums = new Map<string, () => SourceSum>()
  readonly #columns = new Map<string, Columns>()

  private constructor(options: RecordOptions, past: Past) {
    this.#options = options
    this.#past = past
  }

  /**
   * Opens the record of a folder: reads what an earlier run left there, all of it, against its
   * checksums.
   */
  static open(options: RecordOptions): Effect.Effect<RunRecord, DataError> {
    return Effect.tryPromise({
      try: async () => new RunRecord(options, await pastOf(options)),
      catch: (thrown) => DataError.of("read", options.directory, thrown)
    })
  }

  /** Checkpoints of an earlier run of the same graph whose rows are still there. */
  get checkpoints(): ReadonlyArray<Checkpoint> {
    return this.#past.checkpoints
  }

  /**
   * How an earlier run of the same graph ended; undefined if it did not, or its files are not as
   * they were.
   */
  get finish(): Finish | undefined {
    return this.#past.finish
  }

  /** The result of an earlier run. */
  finished(): Distiset<Readonly<Record<string, Row>>> | undefined {
    const { directory, leaves, shapes, story } = this.#options
    const { finish } = this.#past
    if (finish === undefined) return undefined
    writeChecksums(directory, "run", checksumsOf(leaves, finish.leaves))
    return distisetOf({
      directory,
      files: completeFiles(directory, leaves, finish.leaves, shapes(this.#columns)),
      story
    })
  }

  /** Begins to write, after the checkpoints that still hold. */
  begin(kept: ReadonlyArray<Checkpoint>, hasCheckpoints: boolean): void {
    const { directory, files, leaves, signature } = this.#options
    const start = kept.at(-1)?.position ?? 0
    const identity = this.#identity(kept)
    const claims = this.#past.claims.before(start)
    // Claims that are not known any more could be made twice: they go first.
    this.#claims = new ClaimsWriter(directory, claims)
    this.#writer = new CheckpointWriter(directory, signature, identity, kept)
    this.#files = new LeafFiles(directory, leaves, kept.at(-1)?.leaves, this.#past.files)
    this.#stepFiles = new StepFiles(files, kept.at(-1)?.files, this.#past.files)
    this.#options.onBegin?.({ ...identity, start, claims: placesIn(claims), hasCheckpoints })
  }

  /**
   * A run that was not finished keeps its name as long as its source gives the rows that it gave
   * before.
   */
  #identity(kept: ReadonlyArray<Checkpoint>): RunIdentity {
    const { checkpoints, identity, isOpen } = this.#past
    if (identity !== undefined && isOpen && kept.length === checkpoints.length) return identity
    const run = randomUUID()
    return {
      run,
      earlier:
        identity === undefined || kept.length === 0 ? [] : [...identity.earlier, identity.run],
      paid: [...(identity?.paid ?? []), run]
    }
  }

  sink(leaf: string, marked: boolean): Sink {
    const sink = this.#files!.sink(leaf)
    return marked ? { ...sink, mark: (position) => this.#mark(leaf, position) } : sink
  }

  /** Where the rows of a step with a file of its own go. */
  fileSink(step: string, marked: boolean): Sink {
    if (!this.#options.files.has(step)) return nowhere
    const sink = this.#stepFiles!.sink(step)
    return marked ? { ...sink, mark: (position) => this.#markFile(step, position) } : sink
  }

  /** Writes what has come to files of steps, so that whoever looks finds it there. */
  readonly flushFiles = (): void => this.#stepFiles?.flush()

  /** Completes the files of steps, once all rows are there. */
  get completeFiles(): Effect.Effect<void, StepFailed> {
    return this.#stepFiles?.complete ?? Effect.void
  }

  /** A source knows the types that its columns have in their files. */
  columns(source: string, columns: Columns): void {
    this.#columns.set(source, columns)
  }

  /** A source will tell at the end what it gave. */
  source(name: string, sum: () => SourceSum): void {
    this.#sums.set(name, sum)
  }

  /** The source has given the rows before a position, and keeps a state if it has one. */
  sourceAt(position: number, rows: string, state: unknown): void {
    const at = this.#at(position)
    at.rows = rows
    at.state = state
    this.#advance(position)
  }

  #mark(leaf: string, position: number): void {
    this.#at(position).leaves[leaf] = this.#files!.mark(leaf)
    this.#advance(position)
  }

  #markFile(step: string, position: number): void {
    this.#at(position).files[step] = this.#stepFiles!.mark(step)
    this.#advance(position)
  }

  #at(position: number) {
    const known = this.#open.get(position) ?? { leaves: {}, files: {} }
    this.#open.set(position, known)
    return known
  }

  #advance(position: number): void {
    const { files, leaves, rows, state } = this.#open.get(position)!
    if (rows === undefined || Object.keys(leaves).length < this.#options.leaves.length) return
    const writing = Object.keys(files).length
    if (writing < this.#options.files.size) return
    this.#open.delete(position)
    this.#claims!.add(position, this.#options.claimsBefore?.(position) ?? [])
    this.#writer!.add({
      position,
      rows,
      leaves,
      ...(writing === 0 ? {} : { files }),
      ...(state === undefined ? {} : { state })
    })
    this.#options.onCheckpoint?.(position)
  }

  /** Completes the files; the run was done. */
  close(): Distiset<Readonly<Record<string, Row>>> {
    const { directory, shapes, story } = this.#options
    const leaves = Object.fromEntries(
      this.#options.leaves.map((leaf) => [leaf, this.#files!.mark(leaf)])
    )
    // Those of a run before are not of the files that take their names now.
    removeChecksums(directory)
    const files = this.#files!.close(shapes(this.#columns), this.#options.syncs)
    this.#writer!.finish({
      leaves,
      sources: Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum()]))
    })
    writeChecksums(directory, "run", checksumsOf(this.#options.leaves, leaves))
    this.#stepFiles!.discard()
    return distisetOf({ directory, files, story })
  }

  /** Leaves the files as they are: the run was not done. */
  abandon(): void {
    this.#files?.abandon()
    this.#stepFiles?.abandon()
  }
}

/** Of a file that this run does not write. */
const nowhere: Sink = { row: () => {}, error: () => {} }

const pastOf = async ({
  continues,
  directory,
  files,
  leaves,
  onDamage,
  resumes,
  signature,
  staysFinished
}: RecordOptions): Promise<Past> => {
  const past = continues ? readPast(directory) : undefined
  if (past?.signature !== signature) return noPast
  const { finish, identity } = past
  if (!resumes || (finish !== undefined && !staysFinished)) return { ...noPast, identity }
  const result = await readResult(directory, leaves, past, files)
  if (result.damaged !== undefined)
    onDamage?.(`${damageText(result.damaged)} The run makes it again from the cache.`)
  const claims = new PastClaims(directory)
  return {
    ...result,
    checkpoints: result.checkpoints.filter(({ position }) => claims.reach(position)),
    identity,
    isOpen: finish === undefined,
    claims
  }
}
