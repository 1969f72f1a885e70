/** Rows with very many in flight, in a process of its own: prints the most memory that it took. */
import { answerRows } from "./simulated.ts"

const [url = "", rows = "0", limit = "0"] = process.argv.slice(2)
const { answered } = await answerRows(url, Number(rows), { maxConcurrency: Number(limit) })
// Kilobytes.
console.log(JSON.stringify({ answered, megabytes: process.resourceUsage().maxRSS / 1024 }))
