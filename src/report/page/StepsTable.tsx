/** The steps of a run in figures. */
import { dollars } from "../../words/figures.ts"
import { quantile } from "../figures/Histogram.ts"
import type { StepFigures } from "../figures/RunFigures.ts"
import { count, duration, short } from "../figures/shownFigures.ts"

export const StepsTable = ({ steps }: { readonly steps: ReadonlyArray<StepFigures> }) => {
  const asks = steps.some(({ model }) => model !== undefined)
  return (
    <div class="scroll" tabIndex={0}>
      <table class="steps">
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col" class="number">
              Rows in
            </th>
            <th scope="col" class="number">
              Rows out
            </th>
            <th scope="col" class="number">
              Failed
            </th>
            {asks && (
              <>
                <th scope="col" class="number">
                  Requests
                </th>
                <th scope="col" class="number">
                  Tokens in
                </th>
                <th scope="col" class="number">
                  Tokens out
                </th>
                <th scope="col" class="number">
                  Median time
                </th>
                <th scope="col" class="number">
                  Cost
                </th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {steps.map(({ kind, model, name, rows: { done, failed, received } }) => (
            <tr key={name}>
              <th scope="row">
                <span dir="auto">{name}</span>
                <span class="about">
                  {kind}
                  {model === undefined ? "" : ` · ${model.name}`}
                </span>
                {Object.entries(model?.cut ?? {}).map(([limit, answers]) => (
                  <span key={limit} class="about">
                    {count(answers)} {answers === 1 ? "answer" : "answers"} cut at {limit}
                  </span>
                ))}
                {Object.entries(model?.paused ?? {}).map(([why, ms]) => (
                  <span key={why} class="about">
                    paused for {duration(ms)} ({why})
                  </span>
                ))}
              </th>
              <td class="number">{received === 0 ? "" : count(received)}</td>
              <td class="number">{count(done)}</td>
              <td class={failed > 0 ? "number bad" : "number"}>
                {failed === 0 ? "" : count(failed)}
              </td>
              {asks && (
                <>
                  <td class="number">
                    {model === undefined ? "" : count(model.requests)}
                    {model !== undefined && model.recalled > 0 && (
                      <span class="about">+ {count(model.recalled)} before</span>
                    )}
                  </td>
                  <td class="number">{model === undefined ? "" : short(model.inputTokens)}</td>
                  <td class="number">{model === undefined ? "" : short(model.outputTokens)}</td>
                  <td class="number">
                    {model === undefined || model.latency.count === 0
                      ? ""
                      : duration(quantile(model.latency, 0.5)!)}
                  </td>
                  <td class="number">
                    {model === undefined
                      ? ""
                      : model.cost === 0 && model.unpriced > 0
                        ? "unknown"
                        : dollars(model.cost)}
                  </td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
