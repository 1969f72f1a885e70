/** Secrets in documents: what came in one is kept where nothing prints it, and never leaves again. */
import * as Redacted from "effect/Redacted"
import { isRecord, type Path, PythonTag, setKey, type Tree, type TreeRecord } from "./Tree.ts"

const secretKeys = /^(?:api_?key|(?:\w+_)?(?:token|secret|password|api_key|access_key|private_key)|secret_\w+|authorization|(?:proxy_)?credentials|cookie)$/i
const secretHeaders = /auth|key|token|secret|cookie/i
const secretTexts = /^(?:sk-[\w-]{8,}|hf_\w{8,}|ya29\.[\w.-]{8,}|gsk_\w{8,}|Bearer\s+\S+)$/
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/

/** What Python writes in a secret's place. */
const masked = /^\*+$/

/** A tree whose secrets are `Redacted`, and where they were. Rows, prompts and schemas are looked at for what looks like a key and nothing else. */
export const concealedTree = (tree: Tree): { readonly tree: Tree; readonly secrets: ReadonlyArray<Path> } => {
  const secrets: Array<Path> = []
  // Documents say the same few keys over and over.
  const ofKeys = new Map<string, boolean>()
  const isSecretKey = (key: string): boolean => {
    const known = ofKeys.get(key) ?? secretKeys.test(key)
    ofKeys.set(key, known)
    return known
  }
  // The way to the value that is looked at, kept by those who go it.
  const path: Array<string | number> = []
  const conceal = (value: string): Tree => {
    secrets.push([...path])
    return Redacted.make(value) as unknown as Tree
  }
  const inside = (value: Tree, at: string | number, key: string, inHeaders: boolean): Tree => {
    path.push(at)
    const walked = walk(value, key, inHeaders)
    path.pop()
    return walked
  }
  const walk = (value: Tree, key: string, inHeaders: boolean): Tree => {
    if (value instanceof PythonTag) return /Secret/.test(value.tag) ? conceal(JSON.stringify(value.value)) : value
    if (typeof value === "string") {
      const looksSecret = secretTexts.test(value) || (value.includes("-----BEGIN") && privateKey.test(value))
      const secret = looksSecret || ((inHeaders ? secretHeaders.test(key) : isSecretKey(key)) && value !== "" && !masked.test(value))
      if (secret && !expression.test(value)) return conceal(value)
      return /^https?:/i.test(value) ? plainAddress(value, () => secrets.push([...path])) : value
    }
    if (Array.isArray(value)) return key === "runtime_parameters_info" ? value : walkItems(value as ReadonlyArray<Tree>, key, inHeaders)
    return !isRecord(value) || untouched.has(key) ? value : walkFields(value, inHeaders || /headers$/i.test(key))
  }
  // What holds no secret stays the same object.
  const walkItems = (items: ReadonlyArray<Tree>, key: string, inHeaders: boolean): ReadonlyArray<Tree> => {
    let changed: Array<Tree> | undefined
    for (const [i, item] of items.entries()) {
      const walked = inside(item, i, key, inHeaders)
      if (walked !== item) (changed ??= [...items])[i] = walked
    }
    return changed ?? items
  }
  const walkFields = (record: TreeRecord, inHeaders: boolean): TreeRecord => {
    let changed: Record<string, Tree> | undefined
    for (const name of Object.keys(record)) {
      const walked = inside(record[name]!, name, name, inHeaders)
      if (walked !== record[name]) setKey(changed ??= { ...record }, name, walked)
    }
    return changed ?? record
  }
  return { tree: walk(tree, "", false), secrets }
}

/** Parts of documents that are the user's data or words, in which `token` may be a column like any other. */
const untouched: ReadonlySet<string> = new Set(["data", "properties", "input_mappings", "output_mappings", "columns"])

/** A column's name is no secret, nor is the description of a parameter. */
const expression = /^\{\{.*\}\}$/

/** An address without the user, the password and the parameters that carry keys. */
const plainAddress = (address: string, told: () => void): string => {
  if (!URL.canParse(address)) return address
  const url = new URL(address)
  const keys = [...url.searchParams.keys()].filter((name) => secretKeys.test(name) || /^(?:key|sig|signature)$/i.test(name))
  if (url.username === "" && url.password === "" && keys.length === 0) return address
  told()
  url.username = ""
  url.password = ""
  for (const name of keys) url.searchParams.delete(name)
  return url.href
}

/** A tree without its secrets: null stands in their place. */
export const withoutSecrets = (tree: Tree): Tree => {
  if (Redacted.isRedacted(tree)) return null
  if (Array.isArray(tree)) return (tree as ReadonlyArray<Tree>).map(withoutSecrets)
  if (!isRecord(tree)) return tree
  const record: Record<string, Tree> = {}
  for (const [key, value] of Object.entries(tree)) setKey(record, key, withoutSecrets(value))
  return record
}
