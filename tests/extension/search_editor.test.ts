/** The text of a search editor, without an editor: what is written is read back, and wrong lines are named. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocksAround, drawFile, readRows } from '../../extension/src/searchEditor/body';
import {
  emptyHeader,
  formatHeader,
  type Header,
  nameOf,
  readHeader,
} from '../../extension/src/searchEditor/header';

const HEADERS: [string, Partial<Header>][] = [
  ['an empty one', {}],
  ['a question with filters', { question: 'retry lang:go -path:vendor "a: b"' }],
  ['a question of several lines', { question: 'Traceback:\n  File "a.py", line 3\nValueError: x' }],
  [
    'every line',
    {
      question: 'über 日本語',
      folders: ['shop', 'tools'],
      include: ['src/**', '**/*.{ts,js}'],
      exclude: ['vendor/**'],
      languages: ['python', 'go'],
      tests: false,
      hits: 100,
      context: 0,
    },
  ],
  ['only tests', { question: 'a', tests: true }],
  ['code like some lines', { similar: { path: 'C:/a b/x:y.py', first: 9, last: 19 } }],
  ['code like one line', { similar: { path: 'a.py', first: 0, last: 0 } }],
];

for (const [what, given] of HEADERS) {
  test(`${what} is read back as it was written`, () => {
    const header = { ...emptyHeader(), ...given };
    const text = formatHeader(header);
    const read = readHeader(`${text}\n\nSearch: no header any more`.split('\n'));
    assert.deepEqual({ ...emptyHeader(), ...read.header }, header);
    assert.deepEqual(read.problems, []);
    assert.equal(read.rows, text.split('\n').length);
  });
}

const WRONG: [string, number, RegExp][] = [
  [
    'Search: a\nLangages: go',
    1,
    /^Line 2: “Langages: go” is not understood\. A line begins with “Search:”, /,
  ],
  ['Search: a\nvalue error', 1, /^Line 2: “value error” is not understood/],
  ['  Search', 0, /^Line 1: “ {2}Search” is not understood/],
  ['Search: a\nTests: some', 1, /^Line 2: “Tests” is “all”, “only” or “none”\.$/],
  ['Search: a\nHits: 0', 1, /“Hits” is a number from 1 to 1,000\./],
  ['Search: a\nHits: many', 1, /“Hits” is a number/],
  ['Search: a\nLines of context: -1', 1, /“Lines of context” is a number from 0 to 50\./],
  ['Search: a\nLines of context: 51', 1, /“Lines of context” is a number from 0 to 50\./],
  ['Search: a\nHits: 5\nhits: 6', 2, /^Line 3: “Hits” is there twice\.$/],
  ['Similar to: here', 0, /such as src\/cart\.ts:10-20\.$/],
  ['Similar to: a.py:9-3', 0, /such as src\/cart\.ts:10-20\.$/],
  ['Similar to: a.py:0', 0, /such as src\/cart\.ts:10-20\.$/],
  ['Search: a\nSimilar to: a.py:3', 0, /not both\.$/],
];

for (const [text, row, sentence] of WRONG) {
  test(`${JSON.stringify(text)} is wrong in one line`, () => {
    const [problem, ...others] = readHeader(text.split('\n')).problems;
    assert.deepEqual(others, []);
    assert.equal(problem?.row, row);
    assert.match(problem.text, sentence);
  });
}

test('names are known in any case, and values may be missing', () => {
  const { header, problems } = readHeader(['SEARCH:a', 'tests :', 'hits:', 'Languages: , ,go,']);
  assert.deepEqual(problems, []);
  assert.deepEqual(header, { ...emptyHeader(), question: 'a', tests: undefined, languages: ['go'] });
  assert.equal(nameOf('Lines of Context: 3'), 'Lines of context');
  assert.equal(nameOf('search'), undefined);
});

test('lines around hits are shown once', () => {
  assert.deepEqual(blocksAround([20, 3, 8], 2), [
    { first: 1, last: 10 },
    { first: 18, last: 22 },
  ]);
  assert.deepEqual(blocksAround([0, 1, 3], 0), [
    { first: 0, last: 1 },
    { first: 3, last: 3 },
  ]);
  assert.deepEqual(blocksAround([], 5), []);
});

test('hits are drawn as in the editor’s own search editor, and lead back to their places', () => {
  const hits = new Map([
    [8, 'old'],
    [99, 'def b(:'],
  ]);
  const blocks = blocksAround([...hits.keys()], 1);
  const rows = drawFile({
    path: 'a b/c.py',
    hits,
    blocks,
    texts: [
      ['', 'def a():', '\t17: x'],
      ['# b:', 'def b(:'],
    ],
  });
  assert.deepEqual(rows, [
    'a b/c.py:',
    '    8  ',
    '    9: def a():',
    '   10  \t17: x',
    '',
    '   99  # b:',
    '  100: def b(:',
  ]);
  const read = readRows(['Search: a', '', '2 hits', '', ...rows], 1);
  assert.deepEqual(
    read.map((row) => [row.kind, row.row, row.path, ...(row.kind === 'file' ? [] : [row.line, row.text])]),
    [
      ['file', 4, 'a b/c.py'],
      ['context', 5, 'a b/c.py', 7, ''],
      ['hit', 6, 'a b/c.py', 8, 'def a():'],
      ['context', 7, 'a b/c.py', 9, '\t17: x'],
      ['context', 9, 'a b/c.py', 98, '# b:'],
      ['hit', 10, 'a b/c.py', 99, 'def b(:'],
    ],
  );
  assert.ok(read.every((row) => row.kind === 'file' || row.start === 7));
});

test('a hit in a file that cannot be read is its own line', () => {
  const rows = drawFile({
    path: 'a.go',
    hits: new Map([[4, 'func a()']]),
    blocks: [{ first: 3, last: 5 }],
    texts: [],
  });
  assert.deepEqual(rows, ['a.go:', '  5: func a()']);
});

test('a line that was trimmed is still a line, and a very long one is cut', () => {
  const [context, hit] = readRows(['a.py:', '  7', '  8:'], 0).slice(1);
  assert.deepEqual([context?.kind, hit?.kind], ['context', 'hit']);
  const long = drawFile({ path: 'a', hits: new Map([[0, 'x'.repeat(1_000)]]), blocks: [], texts: [] })[1];
  assert.ok((long?.length ?? 0) < 500);
  assert.match(long ?? '', /⟪ 600 characters skipped ⟫$/);
});
