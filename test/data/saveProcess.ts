/** Saves rows that never end to a folder: a process to be killed. */
import { saveDataset } from "../../src/data/distiset/saveDataset.ts"
import { Rows } from "../../src/data/rows/Rows.ts"

const [into = ""] = process.argv.slice(2)
const rows = new Rows({
  name: "default",
  length: undefined,
  chunks: async function* () {
    for (;;) {
      yield [{ text: "x".repeat(1000) }]
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }
})
await saveDataset(
  into,
  {
    parts: new Map([["default", new Map([["train", rows]])]]),
    errors: new Map(),
    artifacts: undefined,
    story: undefined
  },
  { overwrite: true }
)
