import stringWidth from "string-width"
import { expect, it } from "vitest"
import { displayWidth } from "../../src/columns/displayWidth.ts"

it("Every sign takes as many columns of a terminal as string-width says, whoever counts it", () => {
  const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
  for (const text of [
    ...ascii,
    ..."·×–—…→✓✗",
    "名前",
    "é",
    "e\u0301",
    "👩‍👩‍👧",
    "\u001b[32m480 → 4.7k\u001b[39m"
  ])
    expect([text, displayWidth(text)]).toEqual([text, stringWidth(text)])
})
