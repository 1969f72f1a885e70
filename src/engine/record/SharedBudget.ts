/** A budget that runs with one cache directory share: this run's part of it. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { JournalError } from "../../journal/JournalError.ts"
import { SharedLedger } from "../../journal/SharedLedger.ts"

/** Money that several runs may spend together. */
export interface BudgetOptions {
  /** What runs call it that share it. */
  readonly name: string
  /** US dollars, of all of them, ever. */
  readonly maxCost: number
}

/** A lease is this part of the budget: so much may be taken for spent when a process is killed. */
const leaseShare = 0.02

export class SharedBudget {
  readonly options: BudgetOptions
  readonly #ledger: SharedLedger
  #leased = 0
  #spent = 0

  private constructor(options: BudgetOptions, ledger: SharedLedger) {
    this.options = options
    this.#ledger = ledger
    this.#extend()
  }

  /** Takes part in a budget as long as the scope lives; what was leased and not spent is given back. */
  static open(
    cacheDir: string,
    options: BudgetOptions
  ): Effect.Effect<SharedBudget, JournalError, Scope.Scope> {
    return Effect.flatMap(SharedLedger.open(cacheDir), (ledger) =>
      Effect.acquireRelease(
        Effect.sync(() => new SharedBudget(options, ledger)),
        (budget) =>
          // Where that cannot be written, the lease counts as spent.
          Effect.ignore(Effect.try(() => ledger.spent(options.name, budget.#spent)))
      )
    )
  }

  /** Counts what a request cost. */
  spend(dollars: number): void {
    this.#spent += dollars
    if (this.#leased - this.#spent < this.#part / 2) this.#extend()
  }

  /** Whether nothing is left. */
  get isUsedUp(): boolean {
    return this.#spent >= this.#leased
  }

  /** US dollars that this run may still spend, if nobody else takes them. */
  get room(): number {
    return Math.max(0, this.options.maxCost - this.taken + this.#leased - this.#spent)
  }

  /** US dollars that all runs have spent or leased. */
  get taken(): number {
    return this.#ledger.taken(this.options.name)
  }

  get #part(): number {
    return this.options.maxCost * leaseShare
  }

  /** More than is left of a part, where a request cost more than that. */
  #extend(): void {
    const { maxCost, name } = this.options
    const wanted = Math.max(this.#part, this.#spent - this.#leased + this.#part)
    this.#leased += this.#ledger.lease(name, maxCost, wanted)
  }
}
