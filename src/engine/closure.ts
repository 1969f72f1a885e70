/**
 * Closures: what a function takes from outside itself, so that a step whose code is the same but whose constants have changed is another step.
 *
 * The runtime's own inspector tells; where there is none, nothing is seen.
 */
import { Session } from "node:inspector"

/** A variable of a function's surroundings, and its value now. */
export type Captured = readonly [name: string, value: unknown]

/** Where values are handed over: the inspector knows objects by handles, and only code that runs on them gets at themselves. */
const handover = Symbol.for("distilabel-ts/closure")

interface Remote {
  readonly type: string
  readonly value?: unknown
  readonly unserializableValue?: string
  readonly objectId?: string
  readonly description?: string
}

interface Property {
  readonly name: string
  readonly value?: Remote
}

/** Looks into functions while `use` runs. */
export const withClosures = <A>(use: (captured: (fn: Function) => ReadonlyArray<Captured>) => A): A => {
  let session: Session
  try {
    session = new Session()
    session.connect()
  } catch {
    return use(() => [])
  }
  const passed = globalThis as unknown as Record<symbol, unknown>
  try {
    return use((fn) => capturedBy(session, passed, fn))
  } finally {
    delete passed[handover]
    session.disconnect()
  }
}

const capturedBy = (session: Session, passed: Record<symbol, unknown>, fn: Function): ReadonlyArray<Captured> => {
  const source = Function.prototype.toString.call(fn)
  passed[handover] = fn
  const self = post<{ readonly result: Remote }>(session, "Runtime.evaluate", { expression: "globalThis[Symbol.for('distilabel-ts/closure')]" }).result
  const scopes = properties(session, self.objectId).internal.find(({ name }) => name === "[[Scopes]]")?.value?.objectId
  const found = new Map<string, unknown>()
  for (const { value: scope } of properties(session, scopes).own) {
    if (scope?.description === "Global") continue
    for (const { name, value } of properties(session, scope?.objectId).own) {
      if (value === undefined || found.has(name) || !uses(source, name) || changes(source, name)) continue
      found.set(name, valueOf(session, passed, value))
    }
  }
  return [...found].sort(([a], [b]) => a < b ? -1 : 1)
}

const valueOf = (session: Session, passed: Record<symbol, unknown>, { objectId, unserializableValue, value }: Remote): unknown => {
  if (objectId === undefined) return unserializableValue ?? value
  post(session, "Runtime.callFunctionOn", { objectId, functionDeclaration: "function () { globalThis[Symbol.for('distilabel-ts/closure')] = this }" })
  return passed[handover]
}

const properties = (session: Session, objectId: string | undefined): { readonly own: ReadonlyArray<Property>; readonly internal: ReadonlyArray<Property> } => {
  if (objectId === undefined) return { own: [], internal: [] }
  const { internalProperties = [], result } = post<{ readonly result: ReadonlyArray<Property>; readonly internalProperties?: ReadonlyArray<Property> }>(
    session,
    "Runtime.getProperties",
    { objectId, ownProperties: true }
  )
  return { own: result, internal: internalProperties }
}

/** Asks the inspector, which answers at once within the same thread. */
const post = <A>(session: Session, method: string, parameters: object): A => {
  let answer: unknown
  session.post(method, parameters, (error, result) => {
    if (error === null) answer = result
  })
  return (answer ?? { result: [] }) as A
}

const word = (name: string): string => `(?<![\\w$.])${name.replaceAll("$", "\\$")}(?![\\w$])`

/** Whether the name stands in the source. */
const uses = (source: string, name: string): boolean => new RegExp(word(name)).test(source)

const changingMethods = "push|pop|shift|unshift|splice|sort|reverse|add|set|delete|clear|fill"

/** Whether the function itself changes the variable: then its value is what came of earlier calls, not what makes the function what it is. */
const changes = (source: string, name: string): boolean => {
  const path = `${word(name)}(?:\\s*\\.\\s*[\\w$]+|\\s*\\[[^\\]]*\\])*`
  return new RegExp(`${path}\\s*(?:\\+\\+|--|(?:[-+*/%&|^]|\\*\\*|<<|>>>?|&&|\\|\\||\\?\\?)?=(?![=>]))|(?:\\+\\+|--)\\s*${path}|${word(name)}(?:\\s*\\.\\s*[\\w$]+|\\s*\\[[^\\]]*\\])*\\s*\\.\\s*(?:${changingMethods})\\s*\\(`).test(source)
}
