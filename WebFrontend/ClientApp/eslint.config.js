import js from '@eslint/js'
import hooks from 'eslint-plugin-react-hooks'
import ts from 'typescript-eslint'

export default ts.config(
  { ignores: ['dist', 'dist-demo', 'node_modules', 'public', 'src/hub/contracts.gen.ts'] },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  { languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['*.js'] }, tsconfigRootDir: import.meta.dirname } } },
  {
    files: ['src/**/*.tsx', 'src/ui/**/*.ts'],
    plugins: { 'react-hooks': hooks },
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error' },
  },
  {
    rules: {
      // Numbers in a text are what they look like.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `() => phone.hangUp(leg)` says what it does.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // An index may be missing: what is known to be there is asserted by the CSS modules only.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Handlers in props are functions without a `this`.
      '@typescript-eslint/unbound-method': 'off',
      // Feature detection compares what types call always there.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    // The core runs anywhere: what a browser has reaches it by the ports.
    files: ['src/core/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', 'window', 'document', 'navigator', 'localStorage', 'sessionStorage', 'setTimeout', 'setInterval', 'fetch', 'performance'], 'no-restricted-imports': ['error', { patterns: ['**/adapters/*', '**/ui/*', 'react'] }] },
  },
  { files: ['*.js', 'scripts/**/*.mjs'], ...ts.configs.disableTypeChecked },
  { files: ['scripts/**/*.mjs'], languageOptions: { globals: { process: 'readonly', console: 'readonly', Buffer: 'readonly' } } },
)
