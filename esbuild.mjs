// Bundles the extension into dist/, or with `--tests` the screen tests into build/vscode-tests/, or with `--units`
// the tests of its pure parts into build/unit-tests/.
import { readdir, readFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const production = process.argv.includes('--production');
const tests = process.argv.includes('--tests');
const units = process.argv.includes('--units');

/**
 * The editor's API as it is, asked for once. For `import * as` the bundle would copy its hundreds of names in each
 * module, which took most of the activation's time.
 */
const plainApi = {
  name: 'plain-api',
  setup(bundler) {
    bundler.onResolve({ filter: /^vscode$/ }, ({ path, namespace }) =>
      namespace === 'api' ? { path, external: true } : { path, namespace: 'api' },
    );
    bundler.onLoad({ filter: /.*/, namespace: 'api' }, () => ({
      contents: "module.exports = require('vscode');",
    }));
    bundler.onLoad({ filter: /extension[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replace(
        /^import \* as vscode from 'vscode';/m,
        "import vscode = require('vscode');",
      );
      return { contents, loader: 'ts' };
    });
  },
};

const shared = { bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' };

if (units) {
  const files = await readdir('tests/extension');
  await build({
    ...shared,
    entryPoints: files.filter((file) => file.endsWith('.test.ts')).map((file) => `tests/extension/${file}`),
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    outdir: 'build/unit-tests',
  });
} else if (tests) {
  await build({
    ...shared,
    entryPoints: ['screen', 'everyday', 'first_run', 'leaving', 'models']
      .map((suite) => `tests/vscode/${suite}.test.ts`)
      .concat('tests/vscode/install.measure.ts', 'tests/vscode/speed.measure.ts'),
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    packages: 'external',
    sourcemap: 'inline',
    outdir: 'build/vscode-tests',
  });
  await build({
    ...shared,
    entryPoints: ['tests/vscode/agentExtension.ts', 'tests/vscode/activationClock.ts'],
    external: ['vscode'],
    format: 'cjs',
    outdir: 'build/vscode-tests',
  });
} else {
  for (const name of ['extension', 'quietClient']) {
    await rm(`dist/${name}.js.map`, { force: true });
  }
  await build({
    ...shared,
    // The second is loaded after the extension is active.
    entryPoints: ['extension/src/extension.ts', 'extension/src/server/quietClient.ts'],
    entryNames: '[name]',
    external: ['./quietClient.js'],
    plugins: [plainApi],
    format: 'cjs',
    supported: { 'dynamic-import': false },
    minify: production,
    sourcemap: !production,
    outdir: 'dist',
  });
  await rm('dist/pages', { recursive: true, force: true });
  await build({
    ...shared,
    // The pages of webviews, each a script and a style.
    entryPoints: [
      { in: 'extension/src/tokens/view/page/main.ts', out: 'tokens' },
      { in: 'extension/src/tokens/view/page/style.css', out: 'tokens' },
      { in: 'extension/src/compare/page/main.ts', out: 'compare' },
      { in: 'extension/src/compare/page/style.css', out: 'compare' },
      { in: 'extension/src/map/page/main.ts', out: 'map' },
      { in: 'extension/src/map/page/style.css', out: 'map' },
      { in: 'extension/src/playground/page/main.ts', out: 'playground' },
      { in: 'extension/src/playground/page/style.css', out: 'playground' },
      { in: 'extension/src/bench/page/main.ts', out: 'bench' },
      { in: 'extension/src/bench/page/style.css', out: 'bench' },
      { in: 'extension/src/train/page/main.ts', out: 'train' },
      { in: 'extension/src/train/page/style.css', out: 'train' },
      { in: 'extension/src/costs/page/main.ts', out: 'treemap' },
      { in: 'extension/src/costs/page/style.css', out: 'treemap' },
    ],
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    minify: production,
    outdir: 'dist/pages',
  });
}
