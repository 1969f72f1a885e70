/** Names that people look for, some of them from other libraries, and what has them here. */
export const expectedNames: ReadonlyMap<string, string> = new Map([
  ["CleanNumberedList", "MapRows"],
  ["Deduplicate", "ExactDedup"],
  ["EvolInstruction", "EvolInstruct"],
  ["Filter", "FilterRows"],
  ["FilterStep", "FilterRows"],
  ["Judge", "UltraFeedback"],
  ["ListToRows", "ExpandColumns"],
  ["LLMLabeller", "TextClassification"],
  ["LoadFromHub", "LoadDataFromHub"],
  ["Map", "MapRows"],
  ["MapStep", "MapRows"],
  ["PythonStep", "step"],
  ["Shuffle", "SampleRows"],
  ["SplitRows", "ExpandColumns"]
])
