/**
 * Pictures in rows: bytes in base64, alone or as `{ bytes, path }`, of a format that every browser
 * shows and that runs nothing.
 */

const beginnings: ReadonlyArray<readonly [begins: string, type: string]> = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"]
]

/** The picture as an address that needs no network; undefined where the value is none. */
export const pictureIn = (value: unknown): string | undefined => {
  const bytes =
    typeof value === "object" && value !== null && "bytes" in value ? value.bytes : value
  if (typeof bytes !== "string") return undefined
  if (/^data:image\/(png|jpeg|gif|webp);base64,/.test(bytes)) return bytes
  const type = beginnings.find(([begins]) => bytes.startsWith(begins))?.[1]
  return type === undefined || bytes.length < 40 || !/^[A-Za-z0-9+/=]+$/.test(bytes.slice(0, 200))
    ? undefined
    : `data:${type};base64,${bytes}`
}
