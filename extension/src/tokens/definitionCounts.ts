/** Tokens of each definition, above it or at the end of its line, where the user has switched them on. */

import * as vscode from 'vscode';
import { definitionsMessage, type DefinitionTokens } from '../protocol';
import { plainRange } from '../server/positions';
import { type Server, SERVED_SCHEMES } from '../server/server';
import { formatTokens } from '../text/amounts';
import { registeredCommands, SHOW_TOKENS } from './hover';
import { t } from '../text/words';

const SELECTOR = [...SERVED_SCHEMES].map((scheme) => ({ scheme }));

interface Counted {
  tokenizer: string;
  definitions: DefinitionTokens[];
}

/** Registers the providers that the settings want, anew when they change. */
export function showDefinitionCounts(server: Server): vscode.Disposable {
  let providers: vscode.Disposable | undefined;
  const register = (): void => {
    providers?.dispose();
    const settings = vscode.workspace.getConfiguration('semlens');
    const counts = new Counts(server);
    const wanted: vscode.Disposable[] = [];
    if (settings.get('codeLens') === true) {
      wanted.push(vscode.languages.registerCodeLensProvider(SELECTOR, new Lenses(counts)));
    }
    if (settings.get('inlayHints') === true) {
      wanted.push(vscode.languages.registerInlayHintsProvider(SELECTOR, new Hints(counts)));
    }
    providers = vscode.Disposable.from(...wanted);
  };
  register();
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('semlens')) {
        register();
      }
    }),
    server.onDidChangeState(({ kind }) => {
      if (kind === 'running') {
        register(); // what was asked before had no answer
      }
    }),
    new vscode.Disposable(() => {
      providers?.dispose();
    }),
  );
}

/** The counts of the last document, which both kinds of provider ask for. */
class Counts {
  private last: { document: vscode.TextDocument; version: number; counted: Promise<Counted> } | undefined;

  constructor(private readonly server: Server) {}

  /** Nothing while the server cannot answer. */
  async of(document: vscode.TextDocument): Promise<Counted | undefined> {
    if (this.last?.document !== document || this.last.version !== document.version) {
      const params = { textDocument: { uri: document.uri.toString() } };
      const counted = this.server.request(definitionsMessage, params);
      this.last = { document, version: document.version, counted };
    }
    try {
      return await this.last.counted;
    } catch {
      this.last = undefined;
      return undefined;
    }
  }
}

class Lenses implements vscode.CodeLensProvider {
  constructor(private readonly counts: Counts) {}

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const counted = await this.counts.of(document);
    const canShow = (await registeredCommands()).has(SHOW_TOKENS);
    return (counted?.definitions ?? []).map((definition) => {
      const range = rangeOf(document, definition);
      return new vscode.CodeLens(range, {
        title: formatTokens(definition.tokens),
        tooltip: t('{0} in {1}', definition.name, counted?.tokenizer ?? ''),
        command: canShow ? SHOW_TOKENS : '',
        arguments: [document.uri.toString(), plainRange(range)],
      });
    });
  }
}

class Hints implements vscode.InlayHintsProvider {
  constructor(private readonly counts: Counts) {}

  async provideInlayHints(document: vscode.TextDocument, shown: vscode.Range): Promise<vscode.InlayHint[]> {
    const counted = await this.counts.of(document);
    return (counted?.definitions ?? [])
      .filter(({ line }) => line >= shown.start.line && line <= shown.end.line)
      .map((definition) => {
        const end = document.lineAt(definition.line).range.end;
        const hint = new vscode.InlayHint(end, formatTokens(definition.tokens));
        hint.paddingLeft = true;
        hint.tooltip = t('{0} in {1}', definition.name, counted?.tokenizer ?? '');
        return hint;
      });
  }
}

function rangeOf(document: vscode.TextDocument, { startLine, endLine }: DefinitionTokens): vscode.Range {
  return new vscode.Range(startLine, 0, endLine, document.lineAt(endLine).text.length);
}
