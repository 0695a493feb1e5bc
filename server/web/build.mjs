// SPDX-License-Identifier: Apache-2.0
// Builds dist/: index.html and scripts and styles whose names carry a hash of their content, so that a server may let
// browsers keep them for ever.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');

const writeIndex = {
  name: 'index',
  setup(build) {
    build.onEnd(async (result) => {
      if (result.errors.length) return;
      const outputs = Object.keys(result.metafile.outputs);
      const named = (ending) => basename(outputs.find((name) => name.endsWith(ending)));
      const html = await readFile(join(here, 'src/index.html'), 'utf8');
      await writeFile(
        join(dist, 'index.html'),
        html.replace('{{style}}', `assets/${named('.css')}`).replace('{{script}}', `assets/${named('.js')}`),
      );
    });
  },
};

const options = {
  entryPoints: [join(here, 'src/main.ts')],
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  outdir: join(dist, 'assets'),
  entryNames: '[name]-[hash]',
  metafile: true,
  legalComments: 'none',
  logLevel: 'info',
  plugins: [writeIndex],
};

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
if (process.argv.includes('--watch')) {
  const context = await esbuild.context(options);
  await context.watch();
} else {
  await esbuild.build(options);
}
