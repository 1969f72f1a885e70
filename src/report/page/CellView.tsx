/** A value in full: as text, rendered Markdown, chat, tree of JSON or picture, as its reader likes. */
import { useState } from "preact/hooks"
import { counted } from "../../words/figures.ts"
import { isChat } from "./chat.ts"
import { Chat, Prose } from "./Chat.tsx"
import { JsonTree } from "./JsonTree.tsx"
import { longText, LongText } from "./LongText.tsx"
import { looksLikeMarkdown, Markdown } from "./Markdown.tsx"
import { pictureIn } from "./pictureIn.ts"
import { isTexts } from "./preview.ts"

type View = "text" | "texts" | "markdown" | "chat" | "json" | "image"
const names: Readonly<Record<View, string>> = {
  text: "Text",
  texts: "Texts",
  markdown: "Markdown",
  chat: "Chat",
  json: "JSON",
  image: "Image"
}

const viewsOf = (value: unknown): ReadonlyArray<View> => {
  if (pictureIn(value) !== undefined) return ["image", "json"]
  if (isChat(value)) return ["chat", "json"]
  if (isTexts(value)) return ["texts", "json"]
  if (typeof value === "object" && value !== null) return ["json", "text"]
  if (typeof value !== "string") return ["text"]
  return looksLikeMarkdown(value) && value.length < longText ? ["markdown", "text"] : ["text"]
}

/** A column of an opened row. */
export const Field = ({ name, value }: { readonly name: string; readonly value: unknown }) => {
  const views = viewsOf(value)
  const [chosen, choose] = useState<View | undefined>()
  const view = chosen !== undefined && views.includes(chosen) ? chosen : views[0]!
  return (
    <section class="field">
      <header>
        <h3 dir="auto">{name}</h3>
        <span class="type">{typeName(value)}</span>
        {views.length > 1 && (
          <span class="segments small" role="group" aria-label={`How ${name} is shown`}>
            {views.map((each) => (
              <button
                key={each}
                type="button"
                aria-pressed={each === view}
                onClick={() => choose(each)}
              >
                {names[each]}
              </button>
            ))}
          </span>
        )}
        <CopyButton value={value} />
      </header>
      <Value value={value} view={view} />
    </section>
  )
}

const Value = ({ value, view }: { readonly value: unknown; readonly view: View }) => {
  if (view === "image") return <img class="picture" src={pictureIn(value)} alt="" />
  if (view === "chat" && isChat(value)) return <Chat messages={value} />
  if (view === "texts" && isTexts(value))
    return (
      <ol class="texts">
        {value.map((text, i) => (
          <li key={i}>
            <Prose text={text} />
          </li>
        ))}
      </ol>
    )
  if (view === "markdown") return <Markdown text={String(value)} />
  if (view === "json") return <JsonTree value={value} />
  if (value === null || value === undefined || value === "")
    return <p class="nothing">{value === "" ? "empty text" : "null"}</p>
  return (
    <LongText
      text={typeof value === "string" ? value : JSON.stringify(value, undefined, 2)}
      code={typeof value === "object"}
    />
  )
}

const typeName = (value: unknown): string => {
  if (value === null || value === undefined) return "null"
  if (Array.isArray(value))
    return isChat(value)
      ? counted(value.length, "message")
      : `list of ${(value as ReadonlyArray<unknown>).length.toLocaleString("en")}`
  if (typeof value === "string") return counted(value.length, "character")
  return typeof value === "object" ? "object" : typeof value
}

const CopyButton = ({ value }: { readonly value: unknown }) => {
  const [copied, tell] = useState(false)
  const copy = (): void => {
    const text = typeof value === "string" ? value : (JSON.stringify(value, undefined, 2) ?? "")
    navigator.clipboard.writeText(text).then(
      () => {
        tell(true)
        setTimeout(() => tell(false), 1500)
      },
      () => {}
    )
  }
  return (
    <button type="button" class="quiet copy" onClick={copy}>
      {copied ? "Copied" : "Copy"}
    </button>
  )
}
