/** What to cite of evolutions. */

export const wizardLM = `@misc{xu2023wizardlm,
  title = {WizardLM: Empowering Large Language Models to Follow Complex Instructions},
  author = {Can Xu and Qingfeng Sun and Kai Zheng and Xiubo Geng and Pu Zhao and Jiazhan Feng and Chongyang Tao and Daxin Jiang},
  year = {2023},
  eprint = {2304.12244},
  archivePrefix = {arXiv}
}`
