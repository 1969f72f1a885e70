/** The record of a run: what is done and written, so that the same run goes on after a stop, and is not repeated when it was done. */
import { type Distiset, distisetOf } from "../data/Distiset.ts"
import type { Row } from "../columns/Row.ts"
import type { Story } from "../data/saving/Story.ts"
import { type Checkpoint, CheckpointWriter, type Finish, type LeafMark, type Past, readPast, type SourceSum } from "../journal/Checkpoints.ts"
import { LeafFiles, leavesHold, leavesOf, type Shapes } from "./LeafFiles.ts"
import type { Sink } from "./LeafRun.ts"

export interface RecordOptions {
  readonly directory: string
  readonly signature: string
  readonly leaves: ReadonlyArray<string>
  readonly shapes: Shapes
  /** What is told of its rows on cards. */
  readonly story: Story
  /** Whether what an earlier run has left counts. */
  readonly resumes: boolean
  /** Whether a run that was finished counts as such. */
  readonly staysFinished: boolean
  /** Is told where the run begins, once it does. */
  readonly onBegin?: (position: number) => void
  /** Is told when all rows before a position are through. */
  readonly onCheckpoint?: (position: number) => void
}

export class RunRecord {
  readonly #options: RecordOptions
  readonly #past: Past | undefined
  #files: LeafFiles | undefined
  #writer: CheckpointWriter | undefined
  /** What is known of checkpoints that not all leaves have come to. */
  readonly #open = new Map<number, { rows?: string; readonly leaves: Record<string, LeafMark> }>()
  readonly #sums = new Map<string, () => SourceSum>()

  constructor(options: RecordOptions) {
    this.#options = options
    const past = options.resumes ? readPast(options.directory) : undefined
    this.#past = past?.signature === options.signature ? past : undefined
  }

  /** Checkpoints of an earlier run of the same graph whose rows are still there. */
  get checkpoints(): ReadonlyArray<Checkpoint> {
    const { directory, leaves } = this.#options
    const { checkpoints = [], finish } = this.#past ?? {}
    if (finish !== undefined && !this.#options.staysFinished) return []
    // Later ones hold more: where the last is there, all are.
    const last = checkpoints.findLastIndex((checkpoint) => leavesHold(directory, leaves, checkpoint.leaves))
    return checkpoints.slice(0, last + 1)
  }

  /** How an earlier run of the same graph ended; undefined if it did not, or its files are not as they were. */
  get finish(): Finish | undefined {
    return this.finished() === undefined ? undefined : this.#past?.finish
  }

  /** What an earlier run gave. */
  finished(): Distiset<Readonly<Record<string, Row>>> | undefined {
    const { directory, leaves, shapes, staysFinished } = this.#options
    const finish = staysFinished ? this.#past?.finish : undefined
    const files = finish === undefined ? undefined : leavesOf(directory, leaves, finish.leaves, shapes)
    return files === undefined ? undefined : distisetOf({ directory, files, story: this.#options.story })
  }

  /** Begins to write, after the checkpoints that still hold. */
  begin(kept: ReadonlyArray<Checkpoint>): void {
    const { directory, leaves, signature } = this.#options
    this.#writer = new CheckpointWriter(directory, signature, kept)
    this.#files = new LeafFiles(directory, leaves, kept.at(-1)?.leaves)
    this.#options.onBegin?.(kept.at(-1)?.position ?? 0)
  }

  sink(leaf: string, marked: boolean): Sink {
    const sink = this.#files!.sink(leaf)
    return marked ? { ...sink, mark: (position) => this.#mark(leaf, position) } : sink
  }

  /** A source will tell at the end what it gave. */
  source(name: string, sum: () => SourceSum): void {
    this.#sums.set(name, sum)
  }

  /** The source has given the rows before a position. */
  sourceAt(position: number, rows: string): void {
    this.#at(position).rows = rows
    this.#advance(position)
  }

  #mark(leaf: string, position: number): void {
    this.#at(position).leaves[leaf] = this.#files!.mark(leaf)
    this.#advance(position)
  }

  #at(position: number) {
    const known = this.#open.get(position) ?? { leaves: {} }
    this.#open.set(position, known)
    return known
  }

  #advance(position: number): void {
    const { leaves, rows } = this.#open.get(position)!
    if (rows === undefined || Object.keys(leaves).length < this.#options.leaves.length) return
    this.#open.delete(position)
    this.#writer!.add({ position, rows, leaves })
    this.#options.onCheckpoint?.(position)
  }

  /** Completes the files; the run was done. */
  close(): Distiset<Readonly<Record<string, Row>>> {
    const leaves = Object.fromEntries(this.#options.leaves.map((leaf) => [leaf, this.#files!.mark(leaf)]))
    const files = this.#files!.close(this.#options.shapes)
    this.#writer!.finish({ leaves, sources: Object.fromEntries([...this.#sums].map(([name, sum]) => [name, sum()])) })
    return distisetOf({ directory: this.#options.directory, files, story: this.#options.story })
  }

  /** Leaves the files as they are: the run was not done. */
  abandon(): void {
    this.#files?.abandon()
  }
}
