/** Documents of Python's distilabel, and a small one of our own to change. */
import { readdirSync, readFileSync } from "node:fs"

const folder = new URL("../fixtures/documents/", import.meta.url)

/** The documents that distilabel wrote, by file name. */
export const pythonDocuments: ReadonlyMap<string, string> = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => [name, readFileSync(new URL(name, folder), "utf8")])
)

/** A document as a person writes it. */
export const handWritten = `pipeline:
  name: hand-written
  steps:
    - name: load
      step:
        name: load
        data:
          - instruction: Name a river in Peru.
            score: 1
        type_info: { module: distilabel.steps.generators.data, name: LoadDataFromDicts }
    - name: generate
      step:
        name: generate
        llm:
          model: scripted
          answers: The Ucayali.
          type_info: { module: distilabel_ts, name: ScriptedLLM }
        type_info: { module: distilabel.steps.tasks.text_generation, name: TextGeneration }
    - name: keep
      step:
        name: keep
        columns: [instruction, generation]
        type_info: { module: distilabel.steps.columns.keep, name: KeepColumns }
  connections:
    - from: load
      to: [generate]
    - from: generate
      to: [keep]
distilabel_ts:
  version: 1
`
