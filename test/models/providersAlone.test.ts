/** A provider is a folder: what is outside of it does not know its name. */
import { globSync, readFileSync } from "node:fs"
import { ts } from "ts-morph"
import { expect, it } from "vitest"

const names =
  /openai|mistral|vertex|gemini|cohere|anthropic|claude|ollama|azure|inferenceEndpoints|together(_?ai|LLM)|anyscale|openrouter|deepseek|fireworks|groq|litellm|\bxai/i

/** Files that may name providers, and why. */
const exempt: ReadonlyArray<readonly [file: RegExp, why: string]> = [
  [
    /^models\/(openai|mistral|vertex|gemini|cohere|anthropic|ollama|azure|huggingface|compatible)\//,
    "the providers' own folders"
  ],
  [/^models\/liteLLM\//, "names that stand for providers"],
  [/^cli\/localServers\.ts$/, "servers that users may have on their machine"],
  [/^models\/(providers|simulated)\.ts$/, "the lists of providers"],
  [/^index\.ts$/, "the public exports"],
  [/^secrets\//, "what keys and headers of the world's services look like"],
  [/^document\/classes\/pythonClasses\.ts$/, "the names of Python's classes"],
  [/^models\/chatCompletions\/(connect|batches)\.ts$/, "the SDK that the protocol comes from"],
  [
    /^codegen\/write\/stepSource\.ts$/,
    "source for users, with a model that any server can stand in for"
  ],
  [/^data\/stores\/az\.ts$/, "where data lies, which is nobody's model"],
  [/^cluster\/scripts\.ts$/, "scripts for users, with the name of a key"],
  [/^cli\/(newProject|initCommand|missingText)\.ts$/, "the project that `init` writes, for users"]
]

/** What may stand in a text anywhere: how a user would write a model, and the SDK of a protocol. */
const shown = /OpenAI(LLM|Embeddings)(\(\{| \{)|^openai\/resources/

/** Identifiers and texts of a source, without its comments. */
const wordsOf = (path: string): ReadonlyArray<string> => {
  const words: Array<string> = []
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) words.push(node.text)
    else if (ts.isLiteralExpression(node) || ts.isTemplateLiteralToken(node)) words.push(node.text)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest))
  return words
}

it("nothing outside a provider's folder names it", () => {
  const files = globSync("src/**/*.{ts,tsx}").map((path) => path.replaceAll("\\", "/"))
  expect(files.length).toBeGreaterThan(100)
  const naming = files
    .filter((path) => !exempt.some(([file]) => file.test(path.replace(/^src\//, ""))))
    .flatMap((path) =>
      wordsOf(path)
        .filter((word) => names.test(word) && !shown.test(word))
        .map((word) => `${path}: ${word.trim().slice(0, 100)}`)
    )
  expect(naming).toEqual([])
})
