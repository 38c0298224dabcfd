// The images of Dockerfile.combined by target, under names of this suite's own.

export const images = {
  server: 'bezant-test/server',
  gateway: 'bezant-test/gateway',
  combined: 'bezant-test/combined',
} as const;
