/**
 * Markdown, parsed by marked and put together as elements of our own: no text of a row ever becomes
 * HTML. HTML in it is shown as it is written, pictures are named, and nothing is loaded.
 */
import { lexer, type Token, type Tokens } from "marked"
import type { ComponentChildren, VNode } from "preact"

/** Whether a text has marks that only Markdown gives a meaning. */
export const looksLikeMarkdown = (text: string): boolean =>
  /(^|\n)(#{1,6} \S|```|~~~|\s*[-*+] \S|\s*\d+[.)] \S|\|.+\|\s*\n\s*\|[ :|-]+\|)|\*\*\S|`[^`\n]+`|\[[^\]\n]+\]\([^)\s]+\)/.test(
    text
  )

export const Markdown = ({ text }: { readonly text: string }) => {
  let tokens: ReadonlyArray<Token>
  try {
    tokens = lexer(text)
  } catch {
    return (
      <div class="text" dir="auto">
        {text}
      </div>
    )
  }
  return (
    <div class="markdown" dir="auto">
      {blocks(tokens)}
    </div>
  )
}

const blocks = (tokens: ReadonlyArray<Token> = []): ComponentChildren =>
  tokens.map((token, i) => <Block key={i} token={token as Tokens.Generic} />)

const Block = ({ token }: { readonly token: Tokens.Generic }): VNode | null => {
  switch (token.type) {
    case "space":
    case "def":
      return null
    case "heading":
      return (
        <p class={`heading h${(token as Tokens.Heading).depth}`} dir="auto">
          {inline(token.tokens)}
        </p>
      )
    case "paragraph":
      return <p dir="auto">{inline(token.tokens)}</p>
    case "code":
      return (
        <pre dir="ltr">
          <code>{(token as Tokens.Code).text}</code>
        </pre>
      )
    case "blockquote":
      return <blockquote dir="auto">{blocks(token.tokens)}</blockquote>
    case "hr":
      return <hr />
    case "list": {
      const { items, ordered, start } = token as Tokens.List
      const lines = items.map((item, i) => (
        <li key={i} dir="auto">
          {item.task ? (item.checked === true ? "☑ " : "☐ ") : null}
          {blocks(item.tokens)}
        </li>
      ))
      return ordered ? <ol start={start === "" ? 1 : start}>{lines}</ol> : <ul>{lines}</ul>
    }
    case "table": {
      const { header, rows } = token as Tokens.Table
      return (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                {header.map((cell, i) => (
                  <th key={i} dir="auto">
                    {inline(cell.tokens)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, i) => (
                <tr key={i}>
                  {row.map((cell, k) => (
                    <td key={k} dir="auto">
                      {inline(cell.tokens)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )
    }
    case "text":
      return <>{token.tokens === undefined ? plain(token) : inline(token.tokens)}</>
    default:
      return (
        <p class="raw" dir="auto">
          {token.raw}
        </p>
      )
  }
}

const inline = (tokens: ReadonlyArray<Token> = []): ComponentChildren =>
  tokens.map((token, i) => <Inline key={i} token={token as Tokens.Generic} />)

const Inline = ({ token }: { readonly token: Tokens.Generic }): VNode => {
  switch (token.type) {
    case "strong":
      return <strong>{inline(token.tokens)}</strong>
    case "em":
      return <em>{inline(token.tokens)}</em>
    case "del":
      return <del>{inline(token.tokens)}</del>
    case "codespan":
      return <code dir="ltr">{(token as Tokens.Codespan).text}</code>
    case "br":
      return <br />
    case "link": {
      const { href } = token as Tokens.Link
      const within = inline(token.tokens)
      return /^https?:\/\//i.test(href) ? (
        <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={href}>
          {within}
        </a>
      ) : (
        <>{within}</>
      )
    }
    case "image":
      return (
        <span class="absent">
          [image: {(token as Tokens.Image).text || (token as Tokens.Image).href}]
        </span>
      )
    default:
      return <>{token.tokens === undefined ? plain(token) : inline(token.tokens)}</>
  }
}

const plain = (token: Tokens.Generic): string =>
  token.type === "escape" || token.type === "text" ? String(token["text"]) : token.raw
