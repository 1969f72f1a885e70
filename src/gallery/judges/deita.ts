/** The paper whose judges score quality and complexity. */
export const deita = `@misc{liu2023deita,
  title = {What Makes Good Data for Alignment? A Comprehensive Study of Automatic Data Selection in Instruction Tuning},
  author = {Wei Liu and Weihao Zeng and Keqing He and Yong Jiang and Junxian He},
  year = {2023},
  eprint = {2312.15685},
  archivePrefix = {arXiv}
}`
