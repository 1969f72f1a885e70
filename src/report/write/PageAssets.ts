/** The page's own script and style. */
export interface PageAssets {
  readonly script: string
  readonly style: string
}
