/**
 * What the engine itself costs: rows through two trivial steps to disk, and rows that become a
 * thousand and one again before a join, at several sizes, each in a process of its own, with cache
 * and journal on.
 */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import type { Figure } from "./Figure.ts"

interface Measured {
  readonly rowsPerSecond: number
  /** The same rows once more, taken from what was kept. */
  readonly takenPerSecond?: number
  readonly peakMB: number
}

/**
 * Rows/s of a bare loop that makes, maps and writes the same rows, each as it comes or many at a
 * time.
 */
interface Bare {
  readonly barePerSecond: number
  readonly bufferedPerSecond: number
}

/** The heap that wide graphs must do with. */
const wideHeapMB = 400

const child = fileURLToPath(new URL("overheadRun.ts", import.meta.url))

const measure = async <A = Measured>(
  rows: number,
  shape = "chain",
  flags: ReadonlyArray<string> = []
): Promise<A> => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...flags,
    "--conditions=distilabel-ts:source",
    child,
    String(rows),
    shape
  ])
  return JSON.parse(stdout) as A
}

/** The bare loop runs before and after, since the machine may be busier by then. */
const compared = async (rows: number): Promise<Measured & Bare> => {
  const before = await measure<Bare>(rows, "bare")
  const measured = await measure(rows)
  const after = await measure<Bare>(rows, "bare")
  return {
    ...measured,
    barePerSecond: (before.barePerSecond + after.barePerSecond) / 2,
    bufferedPerSecond: (before.bufferedPerSecond + after.bufferedPerSecond) / 2
  }
}

export const overhead = async (): Promise<ReadonlyArray<Figure>> => {
  const sizes = [100_000, 1_000_000, 5_000_000]
  const measured: Array<Measured & Bare> = []
  for (const rows of sizes) measured.push(await compared(rows))
  const [, million, millions] = measured
  // Uncapped, the peak says how long the collector waits, which differs from run to run.
  const capped = [`--max-old-space-size=${wideHeapMB}`]
  const [wide, wider] = [await measure(1000, "wide", capped), await measure(5000, "wide", capped)]
  return [
    ...sizes.map((rows, i) => ({
      name: `${rows.toLocaleString("en")} rows over a bare loop`,
      value: measured[i]!.rowsPerSecond / measured[i]!.barePerSecond,
      unit: "×",
      ...(rows < 1_000_000 ? {} : { bar: 0.45 }),
      from: {
        "rows/s": measured[i]!.rowsPerSecond,
        "bare rows/s": measured[i]!.barePerSecond,
        "buffered rows/s": measured[i]!.bufferedPerSecond,
        "peak MB": measured[i]!.peakMB
      }
    })),
    {
      name: "1,000,000 rows that an earlier run has kept, over a bare loop",
      value: million!.takenPerSecond! / million!.barePerSecond,
      unit: "×",
      from: { "rows/s": million!.takenPerSecond! }
    },
    {
      name: "peak memory at 5 M rows over 1 M rows",
      value: millions!.peakMB / million!.peakMB,
      unit: "×",
      bar: 1.25,
      atMost: true
    },
    {
      name: "rows that become 1,000, then 1, then meet",
      value: wider.rowsPerSecond * 1000,
      unit: "expanded rows/s",
      from: { "peak MB": wider.peakMB }
    },
    {
      name: `peak memory at 5 M expanded rows over 1 M, with a heap of ${wideHeapMB} MB`,
      value: wider.peakMB / wide.peakMB,
      unit: "×",
      bar: 1.25,
      atMost: true,
      from: { "peak MB": wide.peakMB }
    }
  ]
}
