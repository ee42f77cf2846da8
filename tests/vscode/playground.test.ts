/** The playground and the models: what a learner sees, all of it computed on the code of the folder. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAccessible } from './accessible';
import { openIndexed } from './session';
import { reads } from './vscode';

const code = await openIndexed();

async function step(title: string): Promise<void> {
  await code.view.getByRole('navigation').getByRole('button', { name: title }).click();
  await code.view.getByRole('heading', { name: title, level: 2 }).waitFor();
}

test('the playground shows the models by their files, and a function in the tokens of several tokenizers', async () => {
  await code.openFile('backend/cart/vouchers.py');
  await code.command('Semlens: Open Playground');
  const { view } = code;
  const parameters = view.getByRole('row', { name: /^Parameters/ });
  await parameters.waitFor({ timeout: 60_000 });
  await reads(() => parameters.innerText(), /\s[\d,]{7,}\s+[\d,]{10,}$/);
  await step('What is a tokenizer?');
  await view.getByRole('heading', { name: /^WordPiece .*tokens$/ }).waitFor();
  await view.getByRole('heading', { name: /^Byte-level BPE .*tokens$/ }).waitFor();
  await step('What are special tokens?');
  await view.getByRole('cell', { name: '[PAD]' }).first().waitFor();
});

test('a word is the same everywhere to the fast model, and depends on its sentence to the transformer', async () => {
  const { view } = code;
  await step('Does a word always mean the same?');
  const alike = async (pair: string): Promise<number> => {
    const row = view.getByRole('row', { name: pair }).first();
    await reads(() => row.innerText(), /1\.00\s+0\.[0-9]{2}/);
    return Number((await row.innerText()).trim().split(/\s+/).at(-1));
  };
  assert.ok((await alike('Sentences 1 and 2')) > (await alike('Sentences 1 and 3')));
  await assertAccessible(code, 'vscode-light');
});

test('each way to search answers alone, and all together', async () => {
  await step('How does search work?');
  await code.view
    .getByText(/^By words: .* · By the fast model: .* · By the transformer: /)
    .first()
    .waitFor({ timeout: 60_000 });
  await code.screenshot('playground');
  await code.command('View: Close All Editors');
});

test('models are listed, with how far each has read', async () => {
  await code.command('Semlens: Show Models');
  const model = code.page.getByRole('treeitem', { name: /^semlens-code/ });
  await model.waitFor();
  await model.click();
  await code.page
    .getByRole('treeitem', { name: /shop: \d+% of \d+ pieces of code/ })
    .first()
    .waitFor();
  await code.screenshot('models');
});
