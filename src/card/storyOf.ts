/**
 * The story of a run: its card, its pipeline as YAML and as a picture, its log, and its source
 * where that is asked for.
 */
import { existsSync, readFileSync } from "node:fs"
import { basename } from "node:path"
import * as Effect from "effect/Effect"
import { toYaml } from "../catalog/documents.ts"
import type { DatasetFacts, Story, Told } from "../data/distiset/Story.ts"
import { toSvg } from "../picture/toSvg.ts"
import type { AnyPipeline } from "../pipeline/Pipeline.ts"
import { readFigures, type RunFigures } from "../report/figures/RunFigures.ts"
import { cardText } from "./cardText.ts"

/** What a card says about the rows that a pipeline left in a folder. */
export const storyOf = (pipeline: AnyPipeline, directory: string): Story => ({
  tell: (facts) => tell(pipeline, directory, facts)
})

const tell = async (
  pipeline: AnyPipeline,
  directory: string,
  facts: DatasetFacts
): Promise<Told> => {
  let complete = true
  const onWarning = (): void => {
    complete = false
  }
  const yaml = await Effect.runPromise(toYaml(pipeline, { onWarning }))
  const figures = readFigures(directory)
  const script = facts.withScript ? mainModule() : undefined
  const tags = [...pipeline.graph.nodes.values()].flatMap(({ step }) => step.tags)
  // On the Hub all lies side by side; in a folder, the README of Arrow's layout does.
  const beside = facts.repo !== undefined || facts.format === "arrow" ? "" : "distiset_configs/"
  const document =
    facts.repo === undefined
      ? `${beside}pipeline.yaml`
      : `https://huggingface.co/datasets/${facts.repo}/raw/main/pipeline.yaml`
  return {
    card: cardText({
      pipeline,
      facts,
      figures,
      yaml,
      complete,
      document,
      picture: `${beside}pipeline.svg`,
      script: script === undefined ? undefined : basename(script)
    }),
    metadata: { tags: [...new Set(["synthetic", "distilabel", "distilabel-ts", ...tags])] },
    files: {
      "pipeline.yaml": yaml,
      "pipeline.svg": toSvg(pipeline, { theme: "auto" }),
      ...(figures === undefined ? {} : { "pipeline.log": logText(figures) }),
      ...(script === undefined ? {} : { [basename(script)]: readFileSync(script, "utf8") })
    }
  }
}

/** The module that this program was started with; with our command, the one that it was given. */
const mainModule = (): string | undefined => {
  const [, main = "", ...others] = process.argv
  const isCommand = /(?:^|[\\/])cli[\\/]main\.[jt]s$|[\\/]distilabel-ts$/.test(main)
  const module = isCommand ? others.find((argument) => /\.[cm]?[jt]s$/.test(argument)) : main
  return module !== undefined && /\.[cm]?[jt]s$/.test(module) && existsSync(module)
    ? module
    : undefined
}

/** What happened, a line for each thing. */
const logText = ({ pipeline, sessions, steps }: RunFigures): string =>
  [
    ...sessions.flatMap(({ detail, end, resumedAt, seconds, startedAt }) => [
      `${new Date(startedAt).toISOString()} pipeline ${pipeline} ${resumedAt === 0 ? "started" : `went on after ${resumedAt} source rows`}`,
      `${new Date(startedAt + seconds * 1000).toISOString()} ${end} after ${seconds.toFixed(1)} s${detail === undefined ? "" : `: ${detail}`}`
    ]),
    ...steps.map(
      ({ kind, model, name, rows: { done, failed, reasons, received } }) =>
        `step ${name} (${kind}): ${received} rows in, ${done} out, ${failed} failed${
          failed === 0
            ? ""
            : ` (${Object.entries(reasons)
                .map(([reason, count]) => `${reason} ${count}`)
                .join(", ")})`
        }${model === undefined ? "" : `; ${model.name}: ${model.requests} requests, ${model.recalled} recalled, ${model.inputTokens} tokens in, ${model.outputTokens} out`}`
    )
  ].join("\n") + "\n"
