/** Results as documents: they ask again when their header changes, lead to the code, and are saved and run elsewhere. */

import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { openIndexed } from '../session';
import { eventually, facts, reads } from '../vscode';

const QUESTION = 'walk to the nearest shelf that was not visited yet';
const FOUND = 'warehouse/picking/route.go';
const SAVED = 'shelves.semlens-search';
const KEPT = 'kept.semlens-search';

const code = await openIndexed();

/** The rows of the active editor that are on the screen, in their order. */
async function rows(): Promise<string[]> {
  const lines = await code.page
    .locator('.editor-group-container.active .view-line')
    .evaluateAll((drawn) =>
      drawn.map((line) => ({ top: (line as HTMLElement).offsetTop, text: line.textContent })),
    );
  return lines.sort((one, other) => one.top - other.top).map(({ text }) => text.replaceAll('\u00a0', ' '));
}

async function shows(what: string, pattern: RegExp): Promise<void> {
  await eventually(what, 30_000, async () => pattern.test((await rows()).join('\n')));
}

async function deleteTyped(text: string): Promise<void> {
  for (let left = text.length; left > 0; left--) {
    await code.page.keyboard.press('Backspace');
  }
}

test('a question in a search editor is answered below it, and again when its header changes', async () => {
  await code.command('Semlens: Open Search Editor');
  await shows('it asks for a question', /^Search: \n[^]*Write a question after “Search:”/);
  await code.page.keyboard.insertText(QUESTION);
  await shows(
    'hits are by file',
    /\n\d+ hits in \d+ files\n\nwarehouse\/picking\/route\.go:\n[^]*\n +\d+: func Walk\(/,
  );
  await code.screenshot('search editor');
  await code.page.keyboard.press('ArrowDown');
  await code.page.keyboard.press('End');
  await code.page.keyboard.insertText('storefront/**');
  await shows('it searches there alone', /\nstorefront\/[^]*/);
  await eventually('and nowhere else', 30_000, async () => !(await rows()).includes(`${FOUND}:`));
  await deleteTyped('storefront/**');
  await shows('it searches everywhere', /\nwarehouse\/picking\/route\.go:\n/);
});

test('a line of the header that is wrong is named, and what was found stays', async () => {
  await code.page.keyboard.insertText('\nTests: some');
  await shows(
    'it says so',
    /\nLine 3: “Tests” is “all”, “only” or “none”\.\n\nwarehouse\/picking\/route\.go:\n/,
  );
  await code.screenshot('search editor wrong');
  await deleteTyped('\nTests: some');
  await shows('it asks again', /\n\d+ hits in \d+ files\n/);
});

test('F4 goes to a hit, F12 opens its file there, and the keys change the lines of context', async () => {
  await code.page.keyboard.press('Control+Home');
  await code.page.keyboard.press('Alt+-');
  await code.page.keyboard.press('Alt+-');
  await shows('hits alone are shown', /\nLines of context: 0\n[^]*route\.go:\n +\d+: [^\n]*\n+( +\d+: |\S)/);
  await code.page.keyboard.press('F4');
  await eventually('the cursor is there', 30_000, async () => (await code.cursor())[0] > 6);
  const [, number, text] = /^ +(\d+): (.*)$/.exec((await rows())[(await code.cursor())[0] - 1] ?? '') ?? [];
  await code.page.keyboard.press('F12');
  await code.page.locator('.tab.active[data-resource-name="route.go"]').waitFor();
  await eventually('it is the line', 30_000, async () => (await code.cursor())[0] === Number(number));
  const lines = readFileSync(path.join(facts.workspace, FOUND), 'utf8').split('\n');
  assert.equal(lines[Number(number) - 1], text);
  await code.command('View: Close Editor');
});

test('a search editor closes without a question, comes back, and is saved where the user wants', async () => {
  const tab = code.page.locator('.tab[data-resource-name="Search.semlens-search"]');
  await tab.waitFor();
  await eventually('all is kept', 30_000, async () => (await code.page.locator('.tab.dirty').count()) === 0);
  await code.command('View: Close Editor');
  await tab.waitFor({ state: 'hidden' });
  await code.command('View: Reopen Closed Editor');
  await shows('it is as it was', /^Search: walk [^]*\nwarehouse\/picking\/route\.go:\n/);
  await code.page.keyboard.press('Control+S');
  const name = code.quickInput.locator('input').first();
  await reads(() => name.inputValue(), /\/Search\.semlens-search$/);
  await code.screenshot('search editor saved');
  await name.fill(path.join(facts.workspace, KEPT));
  await code.page.keyboard.press('Enter');
  await code.page.locator(`.tab.active[data-resource-name="${KEPT}"]`).waitFor();
  await tab.waitFor({ state: 'hidden' });
  assert.match(readFileSync(path.join(facts.workspace, KEPT), 'utf8'), /^Search: walk [^]*\nwarehouse/);
  await code.screenshot('search editor as a file');
  await code.command('View: Close Editor');
  rmSync(path.join(facts.workspace, KEPT));
});

test('what a list has found goes on in a search editor', async () => {
  await code.search(`${QUESTION} lang:go`);
  await code.page.keyboard.press('Shift+Alt+Enter');
  await code.page.locator('.tab.active[data-resource-name^="walk to the nearest shelf"]').waitFor();
  await shows('it is there', /^Search: walk [^\n]* lang:go\n[^]*\nwarehouse\/picking\/route\.go:\n/);
  await code.command('View: Close Editor');
});

test('a search that was saved elsewhere says so, and runs again here', async () => {
  const header = `Search: ${QUESTION}\nLines of context: 0\n`;
  writeFileSync(
    path.join(facts.workspace, SAVED),
    `${header}\n1 hit in 1 file\n\ncellar/wine.go:\n  7: func Walk() {\n`,
  );
  await code.openFile(SAVED);
  await code.page.getByText('From another workspace: none of these files is here').waitFor();
  await code.screenshot('search editor elsewhere');
  await code.page.getByText('Run again here').click();
  await shows('it is run here', /\nwarehouse\/picking\/route\.go:\n[^]*: func Walk\(/);
  await code.page.keyboard.press('Control+S');
  await eventually('it is saved', 30_000, () =>
    Promise.resolve(readFileSync(path.join(facts.workspace, SAVED), 'utf8').includes(`\n${FOUND}:\n`)),
  );
  await code.command('View: Close Editor');
  rmSync(path.join(facts.workspace, SAVED));
});

test('near copies are listed in groups, compared side by side, and hinted at where the user wants it', async () => {
  const twin = 'warehouse/picking/detour.go';
  copyFileSync(path.join(facts.workspace, FOUND), path.join(facts.workspace, twin));
  const group = code.results.filter({ hasText: '2 copies of Walk' });
  await eventually('they are found', 60_000, async () => {
    await code.command('Semlens: Show Duplicate Code');
    await code.page.waitForTimeout(1_000);
    return (await group.count()) > 0;
  });
  await code.screenshot('duplicates');
  await group.hover();
  await group.getByRole('button', { name: 'Compare Side by Side' }).click();
  const title = /detour\.go:\d+-\d+ ↔ route\.go:\d+-\d+/;
  await code.page.locator('.tab.active').filter({ hasText: title }).waitFor();
  await code.page.locator('.monaco-diff-editor .editor.modified .view-line').first().waitFor();
  await code.screenshot('duplicates compared');
  const settings = path.join(facts.workspace, '.vscode');
  mkdirSync(settings);
  writeFileSync(path.join(settings, 'settings.json'), '{ "semlens.duplicateHints": true }');
  await code.results.filter({ hasText: 'route.go' }).first().click();
  await code.page
    .getByText(/^Near copy of warehouse\/picking\/detour\.go:\d+$/)
    .last()
    .click();
  await code.page.locator('.peekview-widget').waitFor();
  await code.screenshot('duplicates hinted at');
  await code.page.keyboard.press('Escape');
  rmSync(settings, { recursive: true });
  rmSync(path.join(facts.workspace, twin));
  await code.results.first().click();
  await code.page.keyboard.press('Delete');
  await code.command('View: Show Explorer');
  await code.command('View: Close All Editors');
});
