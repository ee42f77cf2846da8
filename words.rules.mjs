// What words.mjs takes for a text that nobody reads, by kind; and what is the same in two languages.

export const LANGUAGES = ['de', 'zh-cn'];

/** Texts that are the same in English and in a language. */
export const SAME = {
  de: new Set([
    '{0}: {1}',
    '{0}: {1} ({2})',
    '{0} in {1}',
    '{0} in {1}, {2}',
    '{0}: {1} in {2} ({3})',
    '{0}: {1} ({2}), {3} in {4}',
    '{0} s',
    '{0} min',
    '{0} h',
    '{0} min {1} s',
    '{0} MB',
    '< {0} MB',
    '{0} MB · {1} · {2}',
    'Budget: {0}',
    'Cluster',
    'Cluster {0}',
    'Commits',
    'Details',
    'Docstrings',
    'MRR {0} ({1}–{2})',
    'Name',
    'OK',
    'Pooling',
    'Problem',
    'Team',
    'Tests',
    'Text {0}',
    'Tokenizer',
    'Tokenizer: {0}',
    'Transformer',
  ]),
  'zh-cn': new Set([
    '“{0}”',
    '{0} MB',
    '{0} MB · {1} · {2}',
    'Transformer',
    'Cmd+Shift+Alt+F',
    'Ctrl+Shift+Alt+F',
  ]),
};

/** Properties and attributes that people read, also where a text is one small word. */
export const READ_PROPERTIES =
  /^(label|title|description|detail|placeholder|placeHolder|tooltip|prompt|message|textContent|aria-label)$/;

/** Functions that take the names of classes, of keys, or of folders; and the log, which is English. */
export const UNREAD_CALLS = /(^|\.)(make|log\.\w+|startsWith|path\.join)$/;

/** Texts that are no words. */
export const NOT_READ = [
  /^Semlens(: \{\})?$/, // the name
  /^(\s|·|[*_[\]"]|\{\}|\$\([\w~-]+\)|\(command:[\w.{}]*(\?\{\} "\{\}")?\)|Semlens)*$/, // icons, links and names in between
  /^-?(path|lang|kind|is):\w* ?$/, // filters
  /^[A-Z]+(_[A-Z]+)*$/, // variables and signals of the system
  /(^|\d |\})px |^\d+px |^rgb\(/, // styles
];

/** Texts of single files that are for programs. */
export const NOT_READ_IN = {
  'agents/fit.ts': /^Nothing fits/, // an answer to an agent
  'compare/page/code.ts': /^(word|\{\} level)/, // classes
  'costs/page/main.ts': /^ folder$/,
  'playground/page/examples.ts': /./, // for models
  'playground/page/steps/tokenizer.ts': /^Unigram$/, // a name
  'results/items.ts': /^hit /, // kinds of nodes
  'results/nodes.ts': /\n/, // their keys
  'searchEditor/completions.ts': /^(Files to|Languages)/, // the format of files is the same in all languages
  'searchEditor/header.ts': /^(Search|Similar to|Folders|Files to|Languages|Tests|Hits|Lines of context)/,
  'searchEditor/register.ts': /Lines of context/,
  'server/environment.ts': /^(import |[A-Z_ ]+$|python3 )/, // scripts and variables
  'setup/pathCommand.ts': /^(Made by|export |exec |@)/, // scripts
  'setup/pythons.ts': /^\nimport /,
  'team/team.ts': /^semlens\.team\./, // names in the store of secrets
  'tokens/view/page/column.ts': /^( special| differs|token )/, // classes
  'tokens/view/page/sheet.ts': /^<(div|span|b) /,
  'view/html.ts': /^(default-src|<!DOCTYPE)/,
};
