// Native ES modules. ts-jest only strips types here; `tsc -b` has checked them before (see the test script). Its options
// stand apart from tsconfig so that `.ts` imports stay as they are and stack traces keep their line numbers.
const compilerOptions = {
  module: 'esnext',
  target: 'es2024',
  isolatedModules: true,
  verbatimModuleSyntax: true,
  esModuleInterop: true,
  allowImportingTsExtensions: true,
  noEmit: true,
};

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: [
    '<rootDir>/normalizer',
    '<rootDir>/gateway',
    '<rootDir>/sidecar',
    '<rootDir>/clients',
    '<rootDir>/observability',
    '<rootDir>/helm',
    '<rootDir>/test',
  ],
  testMatch: ['**/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['ts-jest', { useESM: true, tsconfig: compilerOptions }] },
  testTimeout: 30_000,
};
