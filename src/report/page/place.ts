/**
 * Where one is in the page: part of its address, so that a row can be linked to and the way back
 * works.
 */
import { useEffect, useState } from "preact/hooks"

const tabs = ["overview", "profile", "rows", "errors"] as const
type Tab = (typeof tabs)[number]

const isTab = (name: string | undefined): name is Tab =>
  (tabs as ReadonlyArray<string | undefined>).includes(name)

export interface Place {
  readonly tab: Tab
  readonly subset?: string | undefined
  /** The number of the row that is open; the first is 0. */
  readonly row?: number | undefined
}

export const hashOf = ({ row, subset, tab }: Place): string =>
  `#${[tab, ...(subset === undefined || tab === "overview" ? [] : [encodeURIComponent(subset), ...(row === undefined ? [] : [row + 1])])].join("/")}`

export const placeOf = (hash: string): Place | undefined => {
  const [tab, subset, row] = hash.replace(/^#/, "").split("/")
  if (!isTab(tab)) return undefined
  const number = Number(row)
  return {
    tab,
    subset: subset === undefined ? undefined : decoded(subset),
    row: Number.isInteger(number) && number > 0 ? number - 1 : undefined
  }
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The place, and a way to another one; with `quietly` without a step in the browser's history. */
export const usePlace = (
  first: Place
): readonly [Place, (next: Place, quietly?: boolean) => void] => {
  const [place, setPlace] = useState(() => placeOf(location.hash) ?? first)
  useEffect(() => {
    const follow = (): void => setPlace(placeOf(location.hash) ?? first)
    addEventListener("popstate", follow)
    return () => removeEventListener("popstate", follow)
  }, [])
  const go = (next: Place, quietly = false): void => {
    if (quietly) history.replaceState(null, "", hashOf(next))
    else history.pushState(null, "", hashOf(next))
    setPlace(next)
  }
  return [place, go]
}
