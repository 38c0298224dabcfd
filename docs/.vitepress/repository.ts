// Where the repository is that the site belongs to; links to files that are no pages lead there. GitHub's builds say it.
// Elsewhere nobody knows, and such links become text: `GITHUB_REPOSITORY=owner/name npm run build --prefix docs`.

const { GITHUB_SERVER_URL = 'https://github.com', GITHUB_REPOSITORY } = process.env;

export const repositoryUrl =
  GITHUB_REPOSITORY === undefined || GITHUB_REPOSITORY === ''
    ? null
    : `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`;
