// Type-checked and strict over every workspace. One program (tsconfig.test.json holds all sources and tests), so a
// whole run costs about what the compiler costs. Inline exceptions are refused: a rule that is wrong is changed here.
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  {
    ignores: [
      '**/dist/',
      'spec/generated/',
      'clients/typescript/src/generated/',
      '.bezant/',
      'coverage/',
      'docs/.vitepress/cache/',
    ],
  },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { project: ['./tsconfig.test.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // Grafana's newer form of a dashboard is read by its newest versions only.
      '@typescript-eslint/no-deprecated': [
        'error',
        {
          allow: [
            {
              from: 'package',
              name: ['Dashboard', 'DashboardBuilder'],
              package: '@grafana/grafana-foundation-sdk',
            },
          ],
        },
      ],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
);
