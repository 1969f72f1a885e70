/** The page of models: what each asks, and what all of them do, as the tests hold it. */
import { modelKinds } from "../src/models/providers.ts"
import { behaviours, providers } from "../test/models/conformance.ts"
import { table } from "./stepPages.ts"

const aboutOf = new Map(modelKinds.map(({ about, type }) => [type, about]))

const kindsTable = (): string =>
  table(
    ["class", "what it does"],
    [...aboutOf].map(([type, about]) => [`\`${type}\``, about])
  )

/** Reasons for which a provider lacks something, each with its number. */
const reasons = [...new Set(behaviours.flatMap(({ lacks = {} }) => Object.values(lacks)))]

const conformanceTable = (): string =>
  table(
    ["", ...providers.map(({ type }) => type.replace(/LLM$/, ""))],
    behaviours.map(({ lacks = {}, name }) => [
      name,
      ...providers.map(({ type }) =>
        lacks[type] === undefined ? "✓" : `–${superscript(reasons.indexOf(lacks[type]) + 1)}`
      )
    ])
  )

/** Who answers for less, as models say it of themselves. */
const cheaperTable = (): string =>
  table(
    ["class", '`delivery: "batch"`', '`serviceTier: "flex"`'],
    providers
      .map(({ make, type }) => ({ ...make("http://localhost"), type }))
      .filter(({ flexShare, takesBatches }) => takesBatches === true || flexShare !== undefined)
      .map(({ flexShare, takesBatches, type }) => [
        `\`${type}\``,
        takesBatches === true ? "✓" : "–",
        flexShare === undefined ? "–" : "✓"
      ])
  )

const superscript = (number: number): string => `<sup>${number}</sup>`

/** The page's text. */
export const modelsPage = (): string =>
  `${[
    "# Models",
    "<!-- Written by `npm run docs` from the sources and from test/models/conformance.ts; do not edit. -->",
    "The [README](../README.md#steps-tasks-models) says how a model is described and where its key may stand. Here is all that there is, and what every model that is asked in chats does.",
    "## What there is",
    kindsTable(),
    "## What all do",
    `Each ✓ is a test that runs the provider's own SDK against a server on this machine (\`npx vitest run test/models/conformance.test.ts\`). \`ClientvLLM\`, which asks by prompts, and models that embed, draw or score have tests of their own.`,
    conformanceTable(),
    reasons.map((reason, i) => `${superscript(i + 1)} ${reason}`).join("<br>\n"),
    "## What asks for less",
    "Jobs of a batch API take up to a day, the flex tier up to 15 minutes an answer. Each costs half of the usual price; `estimate --compare` says what either would cost.",
    cheaperTable(),
    guide
  ].join("\n\n")}\n`

const guide = `## Models of models

\`\`\`ts
import { AnthropicLLM, balance, cascade, fallback, GeminiLLM, MixtureOfAgentsLLM, OpenAILLM } from "distilabel-ts"

// The next one where one refuses, is down, is rate limited for long, or does not exist:
export const writer = fallback([AnthropicLLM({ model: "claude-sonnet-5-5" }), OpenAILLM({ model: "gpt-4o" })])

// One model at several places, each with its own limits:
export const llama = balance(
  ["http://gpu-1:8000/v1", "http://gpu-2:8000/v1"].map((baseUrl) => OpenAILLM({ model: "llama-3.3-70b", baseUrl })),
  { weights: [2, 1] }
)

// The dear one for the answers that the cheap one failed:
export const solver = cascade([OpenAILLM({ model: "gpt-4o-mini" }), OpenAILLM({ model: "gpt-4o" })], {
  accept: ({ text }) => /\\\\boxed\\{/.test(text ?? "")
})

// Several propose, one makes the answer:
export const together = MixtureOfAgentsLLM({
  aggregatorLlm: OpenAILLM({ model: "gpt-4o" }),
  proposersLlms: [GeminiLLM({ model: "gemini-2.5-flash" }), OpenAILLM({ model: "gpt-4o-mini" })]
})
\`\`\`

A task takes them like any model. \`model_name\` of a row is the model that answered; the summary of a run counts the answers of each, and each is paid at its own price. Answers are kept under
the model that gave them, so that they are found again by another combination, or without one. Parameters reach one member by its place:
\`--param answer.llm.models.0.generationKwargs.temperature=0.2\`; \`generationKwargs\` of the combination reach all.

## What answers cost

An answer costs what the list of prices says of its model, or option \`prices\` of \`run\`: \`{ "my-model": { input: 1, cached: 0.1, output: 2 } }\`, in US dollars for a million tokens. Tokens that a
provider had cached, or put into its cache, thoughts, and tokens of images, audio and video cost what it takes for them (\`cached\`, \`written\`, \`reasoning\`, \`imageIn\`, \`audioOut\`, … in \`prices\`), and so does an hour of audio where a model is paid by that (\`audioHour\`); where what a model is paid by is not counted, as pages are not, its price is not known. Summary, report and \`estimate\` name those that are not of text. \`distilabel-ts prices update\` fetches the newest list into the cache directory, where the network allows. \`OpenRouterLLM\` costs what OpenRouter says of each answer.

\`serviceTier: "flex"\` of \`OpenAILLM\`, \`GeminiLLM\` and \`VertexAILLM\` costs half and waits up to 900 seconds; Groq's flex has higher limits at the usual price. Where a tier has no room,
the standard one is asked, and costs the whole. \`delivery: "batch"\` costs half, too. Neither is part of a question: what one gave is found by the other. \`estimate --compare\` says what each would cost.

Providers keep the beginnings of long prompts for some minutes and take less for one that begins alike. So prompts of 4,096 characters and more are asked in an order of their own: the first of a new
beginning goes alone, those that begin alike follow its answer near each other, and a few beginnings are in use at a time; rows come out in their order all the same. OpenAI is told the beginning
(\`prompt_cache_key\`), Anthropic is told to keep what all rows begin with where it is long (\`cache_control\` after tools, system prompt and the template's text before its first column), Gemini and others need nothing. Summary and report tell which share of the input was cached. Put what
all rows have in common first: the system prompt, examples, then the row.

## Servers of one's own

\`vLLM\`, \`SGLang\`, \`MlxLLM\` and \`LlamaServerLLM\` bring their server along: a run starts the command on a free port of this machine, waits until the model is loaded (\`startTimeout\`, 1800
seconds), and ends it with all processes that it started, also when the run is stopped or fails. Steps that want the same command share one server. A server that dies, or does not
answer three looks in a row, is started again at most 3 times; rows that were in flight are asked again. What it writes goes to a log file, which the error names with its last lines.
Answers are kept for the model, whatever the port was. \`command\` (\`["uv", "run", "vllm"]\`), \`args\` and \`env\` are yours; with \`baseUrl\` a server that runs already is asked.

## Images, audio, video, files

Messages are texts, or lists of parts: \`{ type: "text", text }\`, \`{ type: "image_url", image_url: { url } }\`, \`{ type: "video_url", video_url: { url } }\`, \`{ type: "input_audio", input_audio: { data, format } }\`
with base64, and \`{ type: "file", file: { file_data, filename } }\` with a \`data:\` URL, such as that of a PDF. A \`data:\` URL carries an image or a video itself. Chat completions take them as they are;
Gemini takes all of them, Anthropic images and PDFs, Mistral images, audio and PDFs, Ollama images. What a provider has no place for is refused by name, and nothing is sent.

With option \`mediaFolder\` of a task, parts may name files below that folder: \`{ url: "file:cats/1.png" }\`, the same in \`file_data\` and in \`data\` of audio. \`TextGenerationWithImage({ imageType: "path", mediaFolder: "images", … })\`
reads such paths from column \`image\`. Rows are data: nothing outside of the folder is read, wherever paths and links lead, and a file is sent only as the image, audio, video or PDF that it is by what it holds. The question
is what a file holds: another path to it asks nothing again, and a file that has changed is asked about again.

## Tools

\`TextGeneration({ tools: [tool({ … })] })\` lets a model call functions while it answers. A call's arguments are decoded by the tool's schema; arguments that do not fit, tools that do not
exist and what a tool throws are told to the model, which may try otherwise. After \`maxToolRounds\` (10) the row is an error row. Tools without a \`run\` end in column \`tool_calls\`, for
pipelines that make training data. Every request is journaled as any other; what a tool gave is kept for the resume of the same run, and carried out again by a later one.`
