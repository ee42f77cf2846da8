/** The tools for agents, called by another extension through the editor's own interface. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { ToolCall } from '../agentExtension';
import { openIndexed } from '../session';
import { eventually, facts } from '../vscode';

const code = await openIndexed();

test('an agent of the editor gets numbered lines within its own budget', async () => {
  const file = path.join(facts.workspace, '..', 'agent-calls.json');
  await code.command('Agent Test: Call the Tools');
  await eventually('the tools have answered', 60_000, () => Promise.resolve(existsSync(file)));
  const said = JSON.parse(readFileSync(file, 'utf8')) as {
    names: string[];
    calls: ToolCall[];
    problem: string;
  };
  assert.equal(said.problem, '');
  assert.deepEqual(said.names.sort(), ['semlens_context', 'semlens_search']);
  for (const { budget, tokens } of said.calls) {
    assert.ok(tokens <= budget, `${tokens} tokens are more than ${budget}`);
  }
  const [few, many, context, none] = said.calls.map(({ text }) => text);
  assert.match(few ?? '', /rates\.py:\d+-\d+/);
  assert.match(many ?? '', /\n\d+ .*def postage/);
  assert.match(context ?? '', /invoice\.py:\d+-\d+/);
  assert.ok(tokensOf(said.calls[1]) > tokensOf(said.calls[0]));
  assert.equal(none, 'Nothing fits: ask for more tokens.');
});

function tokensOf(call: ToolCall | undefined): number {
  return call?.tokens ?? 0;
}
