// Packages the extension as dist/semlens.vsix: the files that .vscodeignore names, with a README for the editor.
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createVSIX } from '@vscode/vsce';

const folder = 'build/extension';

// vsce compares every file below its folder with every line of .vscodeignore, and a checkout has thousands of
// files in its environments: so it gets a folder that has only what the lines begin with.
await rm(folder, { recursive: true, force: true });
for (const name of await readdir('.')) {
  if (await isNamed(name)) {
    await cp(name, `${folder}/${name}`, { recursive: true, filter: (path) => !path.endsWith('.vsix') });
  }
}
await cp('.vscodeignore', `${folder}/.vscodeignore`);
const manifest = JSON.parse(await readFile('package.json', 'utf8'));
delete manifest.scripts; // they have run
await writeFile(`${folder}/package.json`, JSON.stringify(manifest, undefined, 2));
// The editor's page of the extension draws a picture from inside the extension as a broken one.
const readme = await readFile('README.md', 'utf8');
await writeFile(`${folder}/README.md`, readme.replace(/^!\[[^\]]*\]\([^)]*\)\n+/gm, ''));
await createVSIX({ cwd: folder, packagePath: 'dist/semlens.vsix', dependencies: false });

/** Whether a line of .vscodeignore keeps something that is called `name`, or is in it. */
async function isNamed(name) {
  const lines = (await readFile('.vscodeignore', 'utf8')).split('\n').filter((line) => line.startsWith('!'));
  return lines
    .map((line) => line.slice(1).split('/')[0].replaceAll('.', '\\.').replaceAll('*', '.*'))
    .some((first) => new RegExp(`^${first}$`).test(name));
}
