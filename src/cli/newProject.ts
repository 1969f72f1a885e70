/**
 * The files of a new project: a small pipeline that type-checks and runs, with simulated models at
 * first.
 */

/** What a new project is called, and the versions that it needs. */
export interface NewProject {
  readonly name: string
  readonly library: string
  readonly effect: string
  /** The compiler that `check` reads sources with, too. */
  readonly typescript: string
  readonly nodeTypes: string
  readonly node: string
}

/** Texts by file name. */
export const projectFiles = (project: NewProject): Readonly<Record<string, string>> => ({
  "package.json": `${JSON.stringify(packageOf(project), undefined, 2)}\n`,
  "tsconfig.json": `${JSON.stringify(tsconfig, undefined, 2)}\n`,
  "pipeline.ts": pipeline(project.name),
  "instructions.jsonl": instructions
    .map((instruction) => `${JSON.stringify({ instruction })}\n`)
    .join(""),
  "README.md": readme(project.name),
  ".gitignore": "node_modules/\noutput/\n.env\n"
})

const packageOf = ({ effect, library, name, node, nodeTypes, typescript }: NewProject) => ({
  name,
  private: true,
  type: "module",
  engines: { node },
  scripts: {
    start: "distilabel-ts run pipeline.ts --output output --simulate",
    live: "distilabel-ts run pipeline.ts --output output",
    check: "distilabel-ts check pipeline.ts",
    types: "tsc"
  },
  dependencies: { "distilabel-ts": `^${library}`, effect },
  devDependencies: { "@types/node": nodeTypes, typescript }
})

const tsconfig = {
  compilerOptions: {
    target: "es2024",
    module: "nodenext",
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true
  },
  include: ["*.ts"]
}

const pipeline = (
  name: string
): string => `/** Instructions from a file: a model answers each, and an own step counts the words of the answers. */
import { from, LoadDataFromFileSystem, OpenAILLM, Pipeline, step, TextGeneration } from "distilabel-ts"
import { Schema } from "effect"

const load = LoadDataFromFileSystem({ name: "load", dataFiles: "instructions.jsonl", columns: { instruction: Schema.String } })

// OpenAI, with OPENAI_API_KEY from the environment; baseUrl leads to any server that speaks its protocol.
const llm = OpenAILLM({ model: "gpt-4o-mini", generationKwargs: { temperature: 0.7, maxNewTokens: 256 } })
const answer = TextGeneration({ name: "answer", llm, systemPrompt: "Answer in one or two sentences." })

const count = step({
  name: "count",
  inputs: { generation: Schema.NullOr(Schema.String) },
  outputs: { words: Schema.Number },
  process: (rows) => rows.map(({ generation }) => ({ words: generation?.split(/\\s+/).length ?? 0 }))
})

export default Pipeline(${JSON.stringify(name)}, { description: "Instructions, answered" }, from(load).to(answer).to(count))
`

const instructions = [
  "Name a river in Peru.",
  "What is 15 percent of 240?",
  "Explain in one sentence why the sky is blue.",
  "Give three uses for an old newspaper.",
  "Translate 'good morning' into Spanish."
]

const readme = (name: string): string => `# ${name}

\`\`\`sh
npm install
npm start             # with simulated models: no keys, no costs, made-up answers
npm run check         # all that is wrong with the pipeline, without running it
npm run types         # the types of everything

echo OPENAI_API_KEY=… > .env   # read by the command, ignored by git
npm run live          # with the real model; run it again to go on where it was stopped
\`\`\`

\`npx distilabel-ts graph pipeline.ts -o pipeline.svg\` draws the pipeline, \`npx distilabel-ts --help\` says what else there is.
`
