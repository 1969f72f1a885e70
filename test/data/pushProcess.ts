/** Pushes the rows of a folder, given the folder and the dataset: a process that can be killed. */
import { loadFromDiskPromise } from "distilabel-ts"

const [directory, repo] = process.argv.slice(2)
const distiset = await loadFromDiskPromise(directory!)
console.log(
  JSON.stringify(await distiset.pushToHub(repo!, { rowsPerShard: 100, token: "hf_right" }))
)
