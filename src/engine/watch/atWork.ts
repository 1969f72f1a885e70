/**
 * At work: which step's code runs just now, where another thread can see it, for when it never
 * comes back.
 */

import type { Worker } from "../../step/Worker.ts"

/** Places in the memory that the threads share. */
export const shared = { beat: 0, mark: 1, runs: 2, hears: 3, watches: 4 } as const

export const sharedMemory = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * 5))

const marks = new Map<string, number>()

/** The mark of a step; above 0. */
export const markOf = (step: string): number => {
  const mark = marks.get(step) ?? marks.size + 1
  marks.set(step, mark)
  return mark
}

/** The names of all steps that have a mark, in the order of their marks. */
export const markedNames = (): ReadonlyArray<string> => [...marks.keys()]

/** A step's code begins; gives the mark of the one that called it. */
export const enter = (mark: number): number => Atomics.exchange(sharedMemory, shared.mark, mark)

/**
 * It is back. The mark stays, negative, as that of the step that was at work last, unless another
 * one is still at work.
 */
export const leave = (mark: number, before: number): void => {
  Atomics.store(sharedMemory, shared.mark, before > 0 ? before : -mark)
}

/** A worker whose calls carry its step's mark: a join is called from within the work of other steps. */
export const markedWorker = <W extends Worker>(worker: W, step: string): W => {
  if (worker.kind === "generator") return worker
  const mark = markOf(step)
  const call = worker.process as (...args: ReadonlyArray<unknown>) => unknown
  const process = (...args: ReadonlyArray<unknown>): unknown => {
    const before = enter(mark)
    try {
      return call(...args)
    } finally {
      leave(mark, before)
    }
  }
  return { ...worker, process }
}
