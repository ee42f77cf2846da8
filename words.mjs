// Collects the texts that people read in the editor into l10n/bundle.l10n.json. With --check and perhaps a folder, says
// what is missed, missing, left over or wrong instead, a line each (docs/translating.md).
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { LANGUAGES, NOT_READ, NOT_READ_IN, READ_PROPERTIES, SAME, UNREAD_CALLS } from './words.rules.mjs';

const checking = process.argv.includes('--check');
const root = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? '.';
const problems = [];
const texts = new Set();

for (const file of sources(path.join(root, 'extension', 'src'))) {
  collect(file);
}
const english = Object.fromEntries([...texts].map((text) => [text, text]));
if (checking) {
  compareKeys('l10n/bundle.l10n.json', english);
  compareLanguages('l10n/bundle.l10n', english);
  checkManifest();
  console.log(problems.join('\n'));
  process.exitCode = problems.length > 0 ? 1 : 0;
} else {
  writeFileSync(path.join(root, 'l10n/bundle.l10n.json'), `${JSON.stringify(english, undefined, 2)}\n`);
}

function sources(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.ts') && name !== 'protocol.ts')
    .map((name) => path.join(folder, name));
}

/** The texts that a file passes to `t` and `counted`; any other that looks like one is a problem. */
function collect(file) {
  const name = path.relative(path.join(root, 'extension', 'src'), file).replaceAll('\\', '/');
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const visit = (node) => {
    if (isText(node)) {
      const text = textOf(node);
      if (isTranslated(node)) {
        texts.add(text);
      } else if (looksRead(node, text) && !isAllowed(node, text, name)) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart());
        problems.push(`${name}:${line + 1}: not translated: ${JSON.stringify(text)}`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

function isText(node) {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

/** A template has `{}` in the place of each value. */
function textOf(node) {
  return ts.isTemplateExpression(node)
    ? node.head.text + node.templateSpans.map(({ literal }) => `{}${literal.text}`).join('')
    : node.text;
}

/** Whether a literal is an English text in a call of `t` or `counted`, perhaps one of two. */
function isTranslated(node) {
  let inner = node;
  while (ts.isConditionalExpression(inner.parent) && inner.parent.condition !== inner) {
    inner = inner.parent;
  }
  const call = inner.parent;
  if (ts.isTemplateExpression(node) || !ts.isCallExpression(call)) {
    return false;
  }
  const at = call.arguments.indexOf(inner);
  const called = call.expression.getText();
  return (called === 't' && at === 0) || (called === 'counted' && (at === 1 || at === 2));
}

/** Whether a text has words, or is in the place of one. */
function looksRead(node, text) {
  const words = text.replaceAll('{}', '').match(/\p{L}{2,}/gu) ?? [];
  return (
    words.length > 0 &&
    (/\p{L}[,.:]? |^\p{Lu}| \p{L}/u.test(text.replaceAll('{}', 'x')) || READ_PROPERTIES.test(placeOf(node)))
  );
}

/** The property that a text is given to: `title: 'x'`, `a.title = 'x'`, `setAttribute('title', 'x')`. */
function placeOf(node) {
  const { parent } = node;
  if (ts.isConditionalExpression(parent) || (ts.isBinaryExpression(parent) && parent.right !== node)) {
    return placeOf(parent);
  }
  if (ts.isPropertyAssignment(parent) && parent.name !== node) {
    return parent.name.getText();
  }
  if (ts.isBinaryExpression(parent) && ts.isPropertyAccessExpression(parent.left)) {
    return parent.operatorToken.kind === ts.SyntaxKind.EqualsToken ? parent.left.name.text : '';
  }
  const isAttribute = ts.isCallExpression(parent) && parent.expression.getText().endsWith('setAttribute');
  return isAttribute && parent.arguments[1] === node ? parent.arguments[0].text : '';
}

/** Whether nobody reads a text, by its place in the code or by its form. */
function isAllowed(node, text, file) {
  const { parent } = node;
  return (
    NOT_READ.some((form) => form.test(text)) ||
    NOT_READ_IN[file]?.test(text) === true ||
    ts.isImportDeclaration(parent) ||
    ts.isExportDeclaration(parent) ||
    ts.isLiteralTypeNode(parent) ||
    ts.isCaseClause(parent) ||
    ts.isElementAccessExpression(parent) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isBinaryExpression(parent) && /[=!]==/.test(parent.operatorToken.getText())) ||
    ((ts.isCallExpression(parent) || ts.isNewExpression(parent)) &&
      UNREAD_CALLS.test(parent.expression.getText()))
  );
}

/** The keys of a table are those of `wanted`. */
function compareKeys(file, wanted) {
  const table = read(file);
  for (const key of Object.keys(wanted).filter((one) => !(one in table))) {
    problems.push(`${file}: missing: ${JSON.stringify(key)}`);
  }
  for (const key of Object.keys(table).filter((one) => !(one in wanted))) {
    problems.push(`${file}: left over: ${JSON.stringify(key)}`);
  }
  return table;
}

/** Each language has all keys, another text, and in it the same placeholders, links, codes and settings. */
function compareLanguages(stem, wanted) {
  for (const language of LANGUAGES) {
    const file = `${stem}.${language}.json`;
    const table = compareKeys(file, wanted);
    for (const [key, text] of Object.entries(wanted)) {
      const translated = table[key];
      if (translated === undefined) {
        continue;
      }
      if (translated === text && !SAME[language].has(text)) {
        problems.push(`${file}: not translated: ${JSON.stringify(key)}`);
      }
      if (fixed(translated) !== fixed(text)) {
        problems.push(`${file}: other placeholders: ${JSON.stringify(key)}`);
      }
    }
  }
}

/** What a translation must keep, in any order. */
function fixed(text) {
  return (text.match(/\{\d+\}|\{\w+\}|`[^`]+`|\]\([^)]+\)|\$\([\w~-]+\)|\n/g) ?? []).sort().join(' ');
}

/** What the manifest says to people comes from package.nls.json. */
function checkManifest() {
  const manifest = read('package.json');
  const table = read('package.nls.json');
  const used = new Set();
  const check = (value, place) => {
    if (typeof value === 'object' && value !== null) {
      Object.entries(value).forEach(([name, inner]) =>
        check(inner, Array.isArray(value) ? place : [...place, name]),
      );
    } else if (typeof value === 'string' && value.startsWith('%')) {
      used.add(value.slice(1, -1));
    } else if (
      /^(title|\w*[dD]escriptions?|name|contents|altText|aliases|displayName|category|label)$/.test(
        place.at(-1),
      )
    ) {
      // What a model reads is in English; the name of the extension is the same in all languages.
      const isForModels = place.includes('inputSchema') || place.at(-1) === 'modelDescription';
      const isName =
        value === 'Semlens' || (place.at(-1) === 'name' && /^(semlens|semlens_\w+)$/.test(value));
      if (typeof value === 'string' && !isForModels && !isName) {
        problems.push(`package.json: not translated: ${place.join('.')}: ${JSON.stringify(value)}`);
      }
    }
  };
  check({ ...manifest, scripts: {}, dependencies: {}, devDependencies: {} }, []);
  compareKeys('package.nls.json', Object.fromEntries([...used].map((key) => [key, ''])));
  compareLanguages('package.nls', table);
}

function read(file) {
  try {
    return JSON.parse(readFileSync(path.join(root, file), 'utf8'));
  } catch {
    problems.push(`${file}: cannot be read`);
    return {};
  }
}
