/** What runs in the thread of a `CallThread`: it loads a module and calls its functions. */
import { parentPort, workerData } from "node:worker_threads"
import { checkedArguments, isCallable } from "./callable.ts"

/** What the thread says first: the functions that may be called, or why the module is of no use. */
export type Loaded = { readonly names: ReadonlyArray<string> } | { readonly problem: string }

export interface Call {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}

/** What came of a call, as a text; that of its failure, if it failed. */
export interface CallResult {
  readonly ok: boolean
  readonly text: string
}

export interface CallMessage extends Call {
  readonly id: number
}

export interface CallAnswer extends CallResult {
  readonly id: number
}

const send = (message: Loaded | CallAnswer): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(message)
}

const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown)

/** A text as it is, any other value as JSON. */
const textOf = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "null")

const load = async (module: string): Promise<Readonly<Record<string, unknown>>> => {
  try {
    const library = (await import(module)) as Readonly<Record<string, unknown>>
    const names = Object.keys(library).filter((name) => isCallable(library[name]))
    send({ names })
    return library
  } catch (thrown) {
    send({ problem: messageOf(thrown) })
    return {}
  }
}

const library = await load(workerData as string)

const called = async ({ args, name }: Call): Promise<CallResult> => {
  const found = Object.hasOwn(library, name) ? library[name] : undefined
  if (!isCallable(found)) return { ok: false, text: `there is no function '${name}'` }
  try {
    const result = await found.call(checkedArguments(found.parameters, args))
    return { ok: true, text: textOf(result) }
  } catch (thrown) {
    return { ok: false, text: messageOf(thrown) }
  }
}

parentPort?.on("message", (message: CallMessage) => {
  void called(message).then((result) => send({ id: message.id, ...result }))
})
