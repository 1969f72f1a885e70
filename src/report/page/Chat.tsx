/** A chat, message below message. */
import { type Message, partsOf } from "./chat.ts"
import { longText, LongText } from "./LongText.tsx"
import { looksLikeMarkdown, Markdown } from "./Markdown.tsx"

export const Chat = ({ messages }: { readonly messages: ReadonlyArray<Message> }) => (
  <ol class="chat">
    {messages.map(({ content, role }, i) => (
      <li
        key={i}
        class={`message ${role === "assistant" ? "answer" : role === "system" ? "system" : "question"}`}
      >
        <span class="role">{role}</span>
        {partsOf(content).map((part, k) =>
          "image" in part ? (
            <img key={k} class="picture" src={part.image} alt="" />
          ) : (
            <Prose key={k} text={part.text} />
          )
        )}
      </li>
    ))}
  </ol>
)

/** A text as its writer may have meant it. */
export const Prose = ({ text }: { readonly text: string }) =>
  text.length < longText && looksLikeMarkdown(text) ? (
    <Markdown text={text} />
  ) : (
    <LongText text={text} />
  )
