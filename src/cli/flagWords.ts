/** Errors of runs in the words of the command line: its flags, where code has options. */
import { BrokerNeeded } from "../cluster/brokerProblems.ts"
import { optionProblems } from "../engine/local/runRanges.ts"
import { PriceUnknown } from "../engine/record/PriceUnknown.ts"
import { RunStopped } from "../engine/watch/RunStopped.ts"
import { RunLocked } from "../journal/RunLock.ts"
import { UsageError } from "./UsageError.ts"

/** The flags that stand for the options of `run` which its errors name. */
const flags: ReadonlyArray<readonly [option: RegExp, flag: string]> = [
  [/\bmaxCost\b/g, "--max-cost"],
  [/\bmaxTokens\b/g, "--max-tokens"],
  [/\bmaxRows\b/g, "--max-rows"],
  [/\bmaxErrorRate\b/g, "--max-error-rate"],
  [/\bOption batchSize\b/g, "Option --dry-run"],
  [/\boption prices\b/g, "option --price"],
  [/\bOption (sample|progress|durability)\b/g, "Option --$1"],
  [/\bretryFailed\b/g, "--retry-failed"],
  [/\boutputDir\b/g, "--output"],
  [/, as prices: \{ (".*?"): .* \}, or/g, ": --price $1=0.15/0.6, or"]
]

/** An error as who typed a command reads it. */
export const inFlags = (error: unknown): unknown =>
  [BrokerNeeded, RunStopped, PriceUnknown, RunLocked].some((each) => error instanceof each)
    ? new Error(textInFlags((error as Error).message))
    : error

export const textInFlags = (text: string): string =>
  flags.reduce((so, [option, flag]) => so.replaceAll(option, flag), text)

/** Throws with all flags whose values a run would refuse. */
export const refuseWrongOptions = (command: string, options: object): void => {
  const problems = optionProblems(options)
  if (problems.length > 0)
    throw new UsageError(command, problems.map(({ message }) => textInFlags(message)).join("\n"))
}
