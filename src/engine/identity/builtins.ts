/**
 * Built-ins: what JavaScript and Node bring along, and what a step that uses it depends on.
 *
 * What computes from its arguments alone is `pure`, and so is what only writes, such as `console`
 * and `appendFileSync`. Everything that is not listed counts as outside.
 */

/** What a built-in depends on besides its arguments. */
export type Standing = "pure" | "random" | "time" | "outside"

/** How a built-in is used: by a path of properties, and how what it leads to is called. */
export interface BuiltinUse {
  readonly path: ReadonlyArray<string>
  readonly call?: "call" | "new" | undefined
  readonly args?: number
}

export interface Judged {
  readonly standing: Standing
  /** As it is written: `Date.now`, `node:fs readFileSync`. */
  readonly name: string
  /** The value that it has now, where that is all that a step can depend on. */
  readonly value?: string | undefined
}

const pureGlobals = new Set(
  (
    "Object Array String Number Boolean Symbol BigInt JSON RegExp Map Set WeakMap WeakSet Promise Reflect Proxy Iterator Error EvalError RangeError ReferenceError SyntaxError TypeError URIError " +
    "AggregateError SuppressedError DisposableStack AsyncDisposableStack ArrayBuffer SharedArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array Float16Array Float32Array Float64Array " +
    "parseInt parseFloat isNaN isFinite encodeURI encodeURIComponent decodeURI decodeURIComponent escape unescape structuredClone atob btoa undefined NaN Infinity " +
    "Intl TextEncoder TextDecoder URL URLSearchParams Buffer AbortController AbortSignal DOMException Event EventTarget console " +
    "setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate queueMicrotask"
  ).split(" ")
)
const judgedGlobals = new Set(
  "Math Date crypto performance process fetch eval Function globalThis global require navigator WebSocket EventSource Headers Request Response FormData Blob File WebAssembly localStorage sessionStorage BroadcastChannel MessageChannel Worker WeakRef FinalizationRegistry Atomics".split(
    " "
  )
)

/** Node's modules whose functions compute from their arguments. */
const pureModules = [
  "path",
  "path/posix",
  "path/win32",
  "url",
  "util",
  "querystring",
  "string_decoder",
  "buffer",
  "assert",
  "assert/strict",
  "timers",
  "timers/promises"
]
const judgedModules = ["crypto", "perf_hooks", "fs", "fs/promises", "os"]

/** Functions of node:fs that only write: what they return says nothing of what is there. */
const writing = new Set([
  "appendFile",
  "appendFileSync",
  "writeFile",
  "writeFileSync",
  "writeSync",
  "mkdir",
  "mkdirSync"
])

const isRandom = (name: string | undefined): boolean =>
  name === undefined || /^(random|getRandom|generate|webcrypto)/.test(name)

/** Whether a name is that of a global which computes from its arguments alone. */
export const isPureGlobal = (name: string): boolean => pureGlobals.has(name) || name === "Math"

/** Whether a name is that of a built-in global. */
export const isBuiltinGlobal = (name: string): boolean =>
  pureGlobals.has(name) || judgedGlobals.has(name)

/** What a use of a global, or of a module of Node's (`node:fs`), depends on. */
export const judged = (root: string, { args = 0, call, path }: BuiltinUse): Judged => {
  const [first] = path
  const is = (standing: Standing, value?: string): Judged => ({
    standing,
    name: [root, ...path].join(root.startsWith("node:") ? " " : "."),
    value
  })
  if (root.startsWith("node:")) {
    const module = root.slice("node:".length)
    if (pureModules.includes(module)) return is("pure")
    if (
      (module === "fs" &&
        writing.has(path[0] === "promises" ? (path[1] ?? "") : (path[0] ?? ""))) ||
      (module === "fs/promises" && writing.has(path[0] ?? ""))
    )
      return is("pure")
    if (module === "crypto") return is(isRandom(first) ? "random" : "pure")
    return is(module === "perf_hooks" ? "time" : "outside")
  }
  if (pureGlobals.has(root)) return is("pure")
  switch (root) {
    case "Math":
      return is(first === undefined || first === "random" ? "random" : "pure")
    case "Date":
      return is(
        first === undefined
          ? call === "new" && args > 0
            ? "pure"
            : "time"
          : first === "now"
            ? "time"
            : "pure"
      )
    case "crypto":
      return is(isRandom(first) ? "random" : "pure")
    case "performance":
      return is("time")
    case "process":
      return judgedProcess(path, is)
    default:
      return is("outside")
  }
}

const judgedProcess = (
  [first, second]: ReadonlyArray<string>,
  is: (standing: Standing, value?: string) => Judged
): Judged => {
  switch (first) {
    case "env":
      return second === undefined ? is("outside") : is("pure", process.env[second] ?? "")
    case "argv":
    case "execArgv":
      return is("pure", JSON.stringify(process[first]))
    case "platform":
    case "arch":
    case "version":
      return is("pure", process[first])
    case "stdout":
    case "stderr":
      return is(second === "write" ? "pure" : "outside")
    case "nextTick":
    case "emitWarning":
    case "exit":
    case "kill":
    case "send":
      return is("pure")
    case "pid":
      return is("random")
    case "hrtime":
    case "uptime":
      return is("time")
    default:
      return is("outside")
  }
}

export type BuiltinPath = readonly [root: string, ...path: ReadonlyArray<string>]

let known: Map<unknown, BuiltinPath> | undefined

/** Which built-in a value is; undefined if it is none of those that are known by name. */
export const builtinPathOf = (value: unknown): BuiltinPath | undefined =>
  (known ??= knownBuiltins()).get(value)

const knownBuiltins = (): Map<unknown, BuiltinPath> => {
  const found = new Map<unknown, BuiltinPath>()
  const add = (value: unknown, path: BuiltinPath, depth: number): void => {
    if (
      (typeof value !== "object" && typeof value !== "function") ||
      value === null ||
      found.has(value)
    )
      return
    found.set(value, path)
    if (depth === 0) return
    for (const [name, { value: inner }] of Object.entries(Object.getOwnPropertyDescriptors(value)))
      if (name !== "constructor") add(inner, [...path, name], depth - 1)
  }
  // What no module of the program has loaded, none of its functions can use; Node would load it here.
  const loaded = new Set(
    (process as unknown as { readonly moduleLoadList: ReadonlyArray<string> }).moduleLoadList
  )
  for (const name of [...pureGlobals, "Math", "Date", "Function", "eval"])
    add(Object.getOwnPropertyDescriptor(globalThis, name)?.value, [name], 2)
  add(globalThis, ["globalThis"], 0)
  add(process, ["process"], 1)
  // Their methods stand on classes that have no global name.
  const webcrypto = loaded.has("NativeModule internal/crypto/webcrypto")
    ? [["crypto", globalThis.crypto] as const]
    : []
  for (const [name, value] of [...webcrypto, ["performance", globalThis.performance] as const]) {
    add(value, [name], 0)
    for (const [method, { value: own }] of Object.entries(
      Object.getOwnPropertyDescriptors(Object.getPrototypeOf(value))
    ))
      add(own, [name, method], 0)
  }
  for (const name of [...pureModules, ...judgedModules])
    if (loaded.has(`NativeModule ${name}`)) add(process.getBuiltinModule(name), [`node:${name}`], 1)
  return found
}
