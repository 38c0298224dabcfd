// Where an alert sends people. A path of this repository and of its site, because nobody can say here where the site of a
// release is; whoever deploys can put an address before it.

export const runbookFolder = 'docs/runbooks';
export const runbookOf = (alert: string): string => `${runbookFolder}/${alert}.md`;
