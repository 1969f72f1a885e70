/** The way of a row through the steps. */
import type { Row } from "../../columns/Row.ts"
import type { Attempts } from "../../step/Attempts.ts"
import type { RunFigures } from "../figures/RunFigures.ts"
import { count } from "../figures/shownFigures.ts"
import { isFailed } from "../tables/rowShape.ts"
import { isChat } from "./chat.ts"
import { Chat, Prose } from "./Chat.tsx"
import { JsonTree } from "./JsonTree.tsx"
import { type Exchange, lineageOf, type Passed } from "./lineage.ts"
import { preview } from "./preview.ts"

export const LineageView = ({
  figures,
  row
}: {
  readonly row: Row
  readonly figures: RunFigures | undefined
}) => {
  const passed = lineageOf(row, figures)
  if (passed.length === 0)
    return (
      <p class="nothing">
        Nothing is known of how this row came about. Tasks keep what they asked and were answered in{" "}
        <code>distilabel_metadata</code>.
      </p>
    )
  return (
    <ol class="lineage">
      {passed.map((step) => (
        <Step key={step.name} passed={step} row={row} />
      ))}
    </ol>
  )
}

const Step = ({
  passed: { exchanges, failed, gave, name, step },
  row
}: {
  readonly passed: Passed
  readonly row: Row
}) => (
  <li class={failed ? "failed" : exchanges.length > 0 ? "asked" : ""}>
    <header>
      <h3 dir="auto">{name}</h3>
      <span class="type">
        {[step?.kind, step?.model?.name].filter((part) => part !== undefined).join(" · ")}
      </span>
    </header>
    {gave.map(([column, value]) => (
      <p key={column} class="gave">
        <span class="key">{column}</span> <span dir="auto">{preview(value, 160)}</span>
      </p>
    ))}
    {exchanges.map((exchange, i) => (
      <ExchangeView key={i} exchange={exchange} failed={failed} />
    ))}
    {failed && isFailed(row) && <Failure row={row} />}
  </li>
)

const ExchangeView = ({
  exchange: { attempts, input, output, statistics },
  failed
}: {
  readonly exchange: Exchange
  readonly failed: boolean
}) => (
  <div class="exchange">
    {isChat(input) ? <Chat messages={input} /> : input !== undefined && <JsonTree value={input} />}
    {typeof output === "string" ? (
      <ol class="chat">
        <li class="message answer">
          <span class="role">answer</span>
          <Prose text={output} />
        </li>
      </ol>
    ) : output !== undefined && output !== null ? (
      <JsonTree value={output} />
    ) : (
      !failed && output === null && <p class="nothing">no answer</p>
    )}
    {attempts !== undefined && <AttemptsView attempts={attempts} />}
    {statistics !== undefined && <p class="statistics">{statisticsText(statistics)}</p>}
  </div>
)

/** Which attempt gave the answer, and what became of those before. */
const AttemptsView = ({
  attempts: { complaints, refusals, requests }
}: {
  readonly attempts: Attempts
}) => (
  <div class="attempts">
    <p>
      Attempt {requests}
      {refusals.length > 0 && (
        <>
          {" "}
          · before it{" "}
          {[...new Set(refusals)]
            .map((reason) => `${reason}${timesOf(reason, refusals)}`)
            .join(", ")}
        </>
      )}
    </p>
    {complaints.map((complaint, i) => (
      <p key={i} dir="auto">
        Answer {i + 1} could not be read: {complaint}
      </p>
    ))}
  </div>
)

const timesOf = (reason: string, refusals: ReadonlyArray<string>): string => {
  const times = refusals.filter((each) => each === reason).length
  return times === 1 ? "" : ` × ${times}`
}

const statisticsText = (statistics: Readonly<Record<string, unknown>>): string =>
  Object.entries(statistics)
    .map(
      ([key, value]) =>
        `${[value]
          .flat()
          .map((each) => (typeof each === "number" ? count(each) : String(each)))
          .join(", ")} ${key.replaceAll("_", " ")}`
    )
    .join(" · ")

/** Why a row failed. */
export const Failure = ({
  row: { attempts, detail, raw, reason, step, trace }
}: {
  readonly row: Row & {
    readonly step: string
    readonly reason: string
    readonly detail?: string
    readonly attempts?: number
    readonly raw?: string | null
    readonly trace?: string
  }
}) => (
  <div class="failure">
    <p>
      <strong>{reason}</strong> at <span dir="auto">{step}</span>
      {attempts !== undefined && attempts > 1 && `, after ${attempts} attempts`}
    </p>
    {detail !== undefined && <p dir="auto">{detail}</p>}
    {trace !== undefined && <pre dir="ltr">{trace}</pre>}
    {typeof raw === "string" && raw !== "" && (
      <>
        <p class="role">The model's answer, as it came</p>
        <Prose text={raw} />
      </>
    )}
  </div>
)
