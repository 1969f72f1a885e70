/**
 * Examples in the docs: every TypeScript block of the README and every `@example` of a docstring
 * compiles; blocks marked `run` run too. They stand on the build, as what users write does.
 */
import { execFileSync, spawnSync } from "node:child_process"
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as library from "distilabel-ts"
import * as simulator from "distilabel-ts/simulator"
import { Node, Project } from "ts-morph"

const folder = "examples/.docs"

interface Block {
  readonly from: string
  readonly code: string
  readonly runs: boolean
}

const markdownBlocks = (file: string): ReadonlyArray<Block> =>
  [...readFileSync(file, "utf8").matchAll(/^```ts( run)?\n([^]*?)^```$/gm)].map(
    ([, run, code], i) => ({ from: `${file} block ${i + 1}`, code: code!, runs: run !== undefined })
  )

/** What docstring examples speak of without making it. */
const known: Readonly<Record<string, string>> = {
  llm: `const llm = OpenAILLM({ model: "gpt-4o-mini" })`,
  load: `const load = LoadDataFromDicts({ name: "load", data: [{ instruction: "a", text: "a", score: 1 }] })`,
  generate: `const generate = TextGeneration({ name: "generate", llm: OpenAILLM({ model: "gpt-4o-mini" }) })`,
  judge: `const judge = FilterRows({ name: "judge", where: () => true })`,
  classify: `const classify = FilterRows({ name: "classify", where: () => true })`,
  tasks: `const tasks = ["a", "b"].map((model) => TextGeneration({ name: \`with_\${model}\`, llm: OpenAILLM({ model }) }))`,
  combine: `const combine = CombineColumns({ name: "combine", columns: ["generation"] })`,
  questions: `const questions = LoadDataFromDicts({ name: "questions", data: [{ question: "a" }] })`,
  answers: `const answers = LoadDataFromDicts({ name: "answers", data: [{ answer: "a" }] })`,
  easy: `const easy = LoadDataFromDicts({ name: "easy", data: [{ instruction: "a" }] })`,
  hard: `const hard = LoadDataFromDicts({ name: "hard", data: [{ instruction: "b" }] })`,
  prompts: `const prompts = ["a", "b"]`,
  faults: `const faults = [{ kind: "rate-limit", share: 0.05 }] as const`,
  latency: `const latency = { kind: "constant", ms: 20 } as const`,
  pipeline: `const pipeline = Pipeline("known", {}, from(LoadDataFromDicts({ name: "known", data: [{ instruction: "a" }] })).to(TextGeneration({ name: "generate", llm: OpenAILLM({ model: "gpt-4o-mini" }) })))`
}

/** Names that examples use without importing them, by where they come from. */
const sources: Readonly<Record<string, ReadonlyArray<string>>> = {
  "distilabel-ts": Object.keys(library),
  "distilabel-ts/simulator": Object.keys(simulator),
  effect: ["Schema", "Effect", "Redacted", "Stream", "Console", "Layer", "Context"],
  openai: ["OpenAI"]
}

/** An example with the imports and names it takes for granted. */
const completed = (code: string): string => {
  const makes = (text: string, name: string): boolean =>
    new RegExp(`(?:const|function|class)\\s+${name}\\b`).test(text)
  const made = (name: string): boolean => makes(code, name)
  const spoken = (name: string): boolean =>
    new RegExp(`(?<![\\w."'\`{/-])${name}\\b(?!\\s*:)`).test(code)
  const given = Object.entries(known)
    // What is called is a function of the library.
    .filter(([name]) => spoken(name) && !made(name) && !code.includes(`${name}(`))
    .map(([, line]) => line)
  const all = [...given, code].join("\n")
  const imports = Object.entries(sources).flatMap(([module, names]) => {
    const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(all) && !makes(all, name))
    return used.length === 0 ? [] : [`import { ${used.join(", ")} } from "${module}"`]
  })
  return [...imports, all, "export {}\n"].join("\n")
}

const docstringBlocks = (): ReadonlyArray<Block> => {
  const project = new Project({ skipAddingFilesFromTsConfig: true })
  project.addSourceFilesAtPaths("src/**/*.ts")
  return project.getSourceFiles().flatMap((file) =>
    file
      .getDescendants()
      .filter(Node.isJSDocable)
      .flatMap((node) =>
        node.getJsDocs().flatMap((doc) =>
          doc
            .getTags()
            .filter((tag) => tag.getTagName() === "example")
            .map((tag) => {
              const text = tag.getCommentText() ?? ""
              const code = /^```ts\n([^]*?)\n```$/m.exec(text)?.[1] ?? text
              return {
                from: `${file.getFilePath().split("/src/")[1]}:${tag.getStartLineNumber()}`,
                code: /^import /m.test(code) ? code : completed(code),
                runs: false
              }
            })
        )
      )
  )
}

const blocks = [...globSync("*.md").sort().flatMap(markdownBlocks), ...docstringBlocks()]
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
const files = blocks.map((block, i) => {
  const file = join(folder, `${String(i).padStart(3, "0")}.ts`)
  writeFileSync(file, block.code)
  return { ...block, file }
})
writeFileSync(
  join(folder, "tsconfig.json"),
  JSON.stringify({
    extends: "../../tsconfig.json",
    include: ["*.ts"],
    compilerOptions: { noUnusedLocals: false, customConditions: [] }
  })
)
const { stdout } = spawnSync("tsc", ["-p", folder, "--pretty", "false"], {
  encoding: "utf8",
  shell: process.platform === "win32"
})
let failed = 0
for (const { code, file, from, runs } of files) {
  const errors = stdout.split("\n").filter((line) => line.startsWith(file))
  let why = errors.join("\n")
  if (errors.length === 0 && runs) {
    try {
      execFileSync(process.execPath, [file], { stdio: "pipe" })
    } catch (thrown) {
      why = String((thrown as { readonly stderr?: Buffer }).stderr)
    }
  }
  if (why === "") continue
  failed++
  console.log(`✗ ${from}\n${why}\n${code}`)
}
rmSync(folder, { recursive: true, force: true })
console.log(`${files.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
