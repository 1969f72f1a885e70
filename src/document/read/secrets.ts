/** Secrets in documents: what came in one is kept where nothing prints it, and never leaves again. */
import * as Redacted from "effect/Redacted"
import { isPlaceholder, placeholder, secretsInAddress } from "../../secrets/addresses.ts"
import { isKeyLike, isShownHeader } from "../../secrets/names.ts"
import { shownPart } from "../../secrets/redact.ts"
import { isRecord, type Path, PythonTag, setKey, type Tree, type TreeRecord } from "../tree/Tree.ts"

const secretTexts = /^(?:sk-[\w-]{8,}|hf_\w{8,}|ya29\.[\w.-]{8,}|gsk_\w{8,}|Bearer\s+\S+)$/
const headersKey = /headers$/i
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/

/**
 * A tree whose secrets are `Redacted`, and where they were; `written` says that it is about to
 * leave. Rows, prompts and schemas are looked at for what looks like a key and nothing else.
 */
export const concealedTree = (
  tree: Tree,
  { written = false }: { readonly written?: boolean } = {}
): { readonly tree: Tree; readonly secrets: ReadonlyArray<Path> } => {
  const secrets: Array<Path> = []
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
    if (Redacted.isRedacted(value)) {
      secrets.push([...path])
      return value
    }
    if (value instanceof PythonTag)
      return /Secret/.test(value.tag) ? conceal(JSON.stringify(value.value)) : value
    if (typeof value === "string") {
      const looksSecret =
        secretTexts.test(value) || (value.includes("-----BEGIN") && privateKey.test(value))
      const secret =
        looksSecret ||
        ((inHeaders ? !isShownHeader(key) : isKeyLike(key)) &&
          value !== "" &&
          !isPlaceholder(value))
      if (secret && !expression.test(value)) return conceal(value)
      if (secretsInAddress(value).length === 0) return value
      if (written || addressKeys.has(key)) return conceal(value)
      // Another option takes its address as it stands; it is written without what is secret.
      secrets.push([...path])
      return value
    }
    if (Array.isArray(value))
      return key === "runtime_parameters_info"
        ? value
        : walkItems(value as ReadonlyArray<Tree>, key, inHeaders)
    return !isRecord(value) || untouched.has(key)
      ? value
      : walkFields(value, inHeaders || headersKey.test(key))
  }
  // What holds no secret stays the same object.
  const walkItems = (
    items: ReadonlyArray<Tree>,
    key: string,
    inHeaders: boolean
  ): ReadonlyArray<Tree> => {
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
      if (walked !== record[name]) setKey((changed ??= { ...record }), name, walked)
    }
    return changed ?? record
  }
  return { tree: walk(tree, "", false), secrets }
}

/**
 * Parts of documents that are the user's data or words, in which `token` may be a column like any
 * other.
 */
const untouched: ReadonlySet<string> = new Set([
  "data",
  "properties",
  "input_mappings",
  "output_mappings",
  "columns"
])

/** Options that take an address that is wrapped. */
const addressKeys: ReadonlySet<string> = new Set(["base_url", "endpoint"])

/** A column's name is no secret, nor is the description of a parameter. */
const expression = /^\{\{.*\}\}$/

/** Parts of a request: a secret among them that is left out must be missed before anything is sent. */
const partsOfRequests = /headers$|^generation_kwargs$|^extra_body$/i

/**
 * A tree without its secrets: null stands in their place, a placeholder in addresses and in parts
 * of requests.
 */
export const withoutSecrets = (tree: Tree, inRequest = false): Tree => {
  if (Redacted.isRedacted(tree)) return shownPart(tree) ?? (inRequest ? placeholder : null)
  if (Array.isArray(tree))
    return (tree as ReadonlyArray<Tree>).map((item) => withoutSecrets(item, inRequest))
  if (!isRecord(tree)) return tree
  const record: Record<string, Tree> = {}
  for (const [key, value] of Object.entries(tree))
    setKey(record, key, withoutSecrets(value, inRequest || partsOfRequests.test(key)))
  return record
}
