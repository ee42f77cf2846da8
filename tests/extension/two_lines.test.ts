/** A remark on a question says its main point where a list does not cut it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { twoLines } from '../../extension/src/text/twoLines';

const CASES: [string, string, string][] = [
  ['One sentence.', 'One sentence.', ''],
  ['No end', 'No end', ''],
  ['', '', ''],
  [
    'No file is in lang:rust. These hits are without this filter. The languages here are go, c and text.',
    'No file is in lang:rust. These hits are without this filter.',
    'The languages here are go, c and text.',
  ],
  [
    'No file is in path:src/a.b. Did you mean path:src/a.c? It is read as words.',
    'No file is in path:src/a.b. Did you mean path:src/a.c?',
    'It is read as words.',
  ],
  [
    `No file is in path:${'x'.repeat(90)}. It is read as words.`,
    `No file is in path:${'x'.repeat(90)}.`,
    'It is read as words.',
  ],
  [
    '没有文件位于 lang:rust。这些结果未使用此筛选器。此处的语言有 python、text 和 markdown，还有其他的一些语言。',
    '没有文件位于 lang:rust。这些结果未使用此筛选器。',
    '此处的语言有 python、text 和 markdown，还有其他的一些语言。',
  ],
];

for (const [text, first, rest] of CASES) {
  test(`in two lines: ${text.slice(0, 60)}`, () => {
    assert.deepEqual(twoLines(text), { first, rest });
  });
}
