/** The status of each folder is the newest one, whichever way it came. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FolderStatus } from '../../extension/src/protocol';
import { FolderStatuses } from '../../extension/src/status/folderStatuses';

const coverage = { files: 1, chunks: 2, instant: 1, deep: 1, lexical: 1, shared: 0 };

function folder(uri: string, message: string): FolderStatus {
  return { uri, state: 'ready', files: 1, chunks: 2, skipped: 0, coverage, message, repeats: false };
}

function messages(statuses: FolderStatuses): (string | null | undefined)[] {
  return statuses.folders.map(({ uri, message }) => `${uri}: ${message ?? ''}`);
}

test('an answer replaces what was known when it was asked for', () => {
  const statuses = new FolderStatuses();
  statuses.notify(folder('shop', 'before'));
  statuses.notify(folder('gone', 'before'));
  statuses.answer(statuses.ask(), [folder('shop', 'now'), folder('added', 'now')]);
  assert.deepEqual(messages(statuses), ['shop: now', 'added: now']);
});

test('a notification that came while an answer was written is not undone by it', () => {
  const statuses = new FolderStatuses();
  const asked = statuses.ask();
  statuses.notify(folder('shop', 'a model that is not there'));
  statuses.answer(asked, [folder('shop', 'before'), folder('tools', 'before')]);
  assert.deepEqual(messages(statuses), ['shop: a model that is not there', 'tools: before']);
});

test('a folder that was added while an answer was written is kept', () => {
  const statuses = new FolderStatuses();
  const asked = statuses.ask();
  statuses.notify(folder('added', 'reading'));
  statuses.answer(asked, [folder('shop', 'before')]);
  assert.deepEqual(messages(statuses), ['shop: before', 'added: reading']);
});

test('the next answer counts again, also of two that were asked at once', () => {
  const statuses = new FolderStatuses();
  const [first, second] = [statuses.ask(), statuses.ask()];
  statuses.answer(first, [folder('shop', 'first')]);
  statuses.notify(folder('shop', 'notified'));
  statuses.answer(second, [folder('shop', 'second')]);
  assert.deepEqual(messages(statuses), ['shop: notified']);
  statuses.answer(statuses.ask(), [folder('shop', 'third')]);
  assert.deepEqual(messages(statuses), ['shop: third']);
});
