/** Options that several commands have. */
import { choice, flag } from "./command.ts"

export const json = flag("prints JSON")

export const durability = choice(
  ["process", "power"],
  "HOW",
  "process: answers survive the end of the program (default); power: that of the machine too"
)

/** `otherwise` says what is shown by default. */
export const progress = (otherwise: string) =>
  choice(
    ["auto", "live", "plain", "none"],
    "HOW",
    `auto, live, plain or none (default ${otherwise})`
  )
