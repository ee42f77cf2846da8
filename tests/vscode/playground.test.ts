/** The playground: what a learner sees of models and tokenizers, all of it computed on the code of the folder. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { assertAccessible, chooseTheme } from './accessible';
import { openIndexed } from './session';
import { reads } from './vscode';

const code = await openIndexed();
after(() => code.command('View: Close All Editors'));

async function step(title: string): Promise<void> {
  await code.view.getByRole('navigation').getByRole('button', { name: title }).click();
  await code.view.getByRole('heading', { name: title, level: 2 }).waitFor();
}

test('the playground shows the models by their own files, and a function in the tokens of several tokenizers', async () => {
  await code.openFile('backend/cart/vouchers.py');
  await code.command('Semlens: Open Playground');
  const { view } = code;
  await view.getByRole('rowheader', { name: 'Parameters' }).waitFor({ timeout: 60_000 });
  await reads(() => view.getByRole('row', { name: 'Parameters' }).innerText(), /[\d,]{7,}\s+[\d,]{10,}/);
  await step('What is a tokenizer?');
  await view.getByRole('heading', { name: /^WordPiece .*tokens$/ }).waitFor();
  await view.getByRole('heading', { name: /^byte-level BPE .*tokens$/ }).waitFor();
  await step('What are special tokens?');
  await view.getByRole('cell', { name: '[PAD]' }).first().waitFor();
});

test('a word is the same everywhere to the fast model, and not to the transformer', async () => {
  const { view } = code;
  await step('Does a word always mean the same?');
  const rivers = view.getByRole('row', { name: 'Sentences 1 and 3' }).first();
  await reads(() => rivers.innerText(), /1\.00\s+0\.[0-9]{2}/);
  const alike = async (pair: string): Promise<number> => {
    const text = await view.getByRole('row', { name: pair }).first().innerText();
    return Number(text.split(/\s+/).at(-1));
  };
  assert.ok((await alike('Sentences 1 and 2')) > (await alike('Sentences 1 and 3')));
  await assertAccessible(code, 'vscode-light');
});

test('each way to search answers alone, and all together', async () => {
  const { view } = code;
  await step('How does search work?');
  await view
    .getByText(/^By words: \d+ · By the fast model: /)
    .first()
    .waitFor({ timeout: 60_000 });
  const theme = await chooseTheme(code, 'Dark High Contrast');
  await assertAccessible(code, 'vscode-high-contrast');
  await code.screenshot('playground');
  await chooseTheme(code, theme);
});
