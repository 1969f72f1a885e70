/** The page as the package holds it. The build writes it here; sources have none. */
import type { PageAssets } from "./PageAssets.ts"

export const builtPage: PageAssets | undefined = undefined
