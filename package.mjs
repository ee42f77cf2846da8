// Packages the extension as dist/semlens.vsix: the files that .vscodeignore names, with a README for the editor.
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { createVSIX, listFiles } from '@vscode/vsce';

const folder = 'build/extension';

await rm(folder, { recursive: true, force: true });
for (const file of await listFiles({ dependencies: false })) {
  await cp(file, `${folder}/${file}`, { recursive: true });
}
await writeFile(`${folder}/.vscodeignore`, '');
const manifest = JSON.parse(await readFile('package.json', 'utf8'));
delete manifest.scripts; // they have run
await writeFile(`${folder}/package.json`, JSON.stringify(manifest, undefined, 2));
// The editor's page of the extension draws a picture from inside the extension as a broken one.
const readme = await readFile('README.md', 'utf8');
await writeFile(`${folder}/README.md`, readme.replace(/^!\[[^\]]*\]\([^)]*\)\n+/gm, ''));
await createVSIX({ cwd: folder, packagePath: 'dist/semlens.vsix', dependencies: false });
