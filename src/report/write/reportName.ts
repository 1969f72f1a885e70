/** What the page of a run is called in its folder. */
export const reportName = "report.html"
