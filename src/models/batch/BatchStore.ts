/**
 * What is kept of jobs, so that none is made twice and no answer of one is lost, whenever the
 * process that made it ends.
 */
import type { SavedQuestion } from "../asking/Answers.ts"

/** A model, as it is named in the environment that asks it. */
export interface AskedModel {
  /** The class: `OpenAILLM`. */
  readonly type: string
  readonly model: string
  /** The option that holds the address, and the address without what is secret. */
  readonly address: readonly [option: string, url: string]
}

/** A question of a chunk, under the name that it has in the job. */
export interface SavedEntry {
  readonly id: string
  readonly question: SavedQuestion
}

/** What does not change about a chunk. */
export interface ChunkFacts {
  /** Which model answers, and where, as a hash. */
  readonly place: string
  readonly asked: AskedModel
  /** Who answers, as messages name it. */
  readonly by: string
  /** Milliseconds since 1970. */
  readonly made: number
  readonly questions: number
  /** US dollars that its answers may cost; null if the price is not known. */
  readonly estimate: number | null
}

/** How far a chunk has come: each is there once it has happened. */
export interface ChunkProgress {
  /** The file of its requests is about to be brought to the provider. */
  readonly uploading?: { readonly at: number }
  readonly file?: { readonly id: string }
  /** Its job is about to be made. */
  readonly creating?: { readonly at: number }
  readonly job?: { readonly id: string; readonly at: number }
}

/** A chunk that is kept. */
export interface KeptChunk {
  readonly name: string
  readonly facts: ChunkFacts
  readonly progress: ChunkProgress
  readonly note: <Step extends keyof ChunkProgress>(
    step: Step,
    what: NonNullable<ChunkProgress[Step]>
  ) => void
  readonly entries: () => ReadonlyArray<SavedEntry>
  readonly lines: () => ReadonlyArray<string>
  readonly results: () => string | undefined
  readonly keepResults: (text: string) => void
  /** Is told from time to time that its process is there. */
  readonly touch: () => void
  /** Another process may work on it. */
  readonly release: () => void
  /** All that is kept of it is gone. */
  readonly forget: () => void
}

export interface BatchStore {
  /**
   * Chunks that no process works on; those of a place, or all. They are this process's from then
   * on.
   */
  readonly adopt: (place?: string) => ReadonlyArray<KeptChunk>
  readonly add: (
    facts: ChunkFacts,
    entries: ReadonlyArray<SavedEntry>,
    lines: ReadonlyArray<string>
  ) => KeptChunk
  /** Names for chunks. */
  readonly name: () => string
}
