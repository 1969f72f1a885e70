/** What Python writes as a dataset's name where the dataset was given to `run`. */
export const givenToRun = "default_name"
