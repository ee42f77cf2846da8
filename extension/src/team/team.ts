/** A team's server: consent, its token and secret, and what the settings say of it. */

import * as vscode from 'vscode';
import { type TeamParams, type TeamResult, teamMessage } from '../protocol';
import { openSettings } from '../commands/openSettings';
import type { Register } from '../commands/register';
import type { Server } from '../server/server';
import { errorSentence } from '../text/format';
import { t } from '../text/words';
import { agreesTo } from './consent';
import { searchAtTeam } from './teamSearch';

const SECTION = 'semlens.team';
/** The address that the engine was last told, so that clearing the setting leaves the team. */
const TOLD_KEY = 'semlens.teamTold';
/** The address at which the user did not want to be asked again. */
const DECLINED_KEY = 'semlens.teamDeclined';
const JOINED = 'semlens.teamJoined';

type Credential = 'token' | 'secret';

/** What is known here; without an address, nothing is. */
type Known = TeamParams & { url?: string };

/** Tells the server of the team whenever the server starts or a setting changes. Call before the server is started. */
export function registerTeam(
  register: Register,
  server: Server,
  context: vscode.ExtensionContext,
): vscode.Disposable {
  const team = new Team(server, context.secrets, context.globalState);
  register('joinTeam', () => team.join());
  register('leaveTeam', () => team.leave());
  register('setTeamToken', () => team.setCredentials());
  register('searchTeam', () => searchAtTeam(server));
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(SECTION)) {
        void team.tell();
      }
    }),
    server.onDidChangeState(({ kind }) => {
      if (kind === 'running') {
        void team.tell();
      }
    }),
  );
}

class Team {
  private asking = false;

  constructor(
    private readonly server: Server,
    private readonly secrets: vscode.SecretStorage,
    private readonly memory: vscode.Memento,
  ) {}

  /** Tell the server what the settings say, and ask the user if they have not agreed to the address. */
  async tell(): Promise<void> {
    try {
      const known = await this.known();
      if (known.url === undefined) {
        if (this.memory.get(TOLD_KEY) !== undefined) {
          await this.forget();
        } else if (vscode.workspace.workspaceFolders !== undefined) {
          note(await this.server.request(teamMessage, {})); // a terminal may have joined one
        }
        return;
      }
      await this.memory.update(TOLD_KEY, known.url);
      const result = await this.server.request(teamMessage, known);
      note(result);
      if (result.asks && this.memory.get(DECLINED_KEY) !== known.url) {
        await this.offer(result, known.url);
      }
    } catch (error) {
      void vscode.window.showWarningMessage(errorSentence(error));
    }
  }

  /** *Join Team*: consent to the address in the settings. */
  async join(): Promise<void> {
    const known = await this.known();
    if (known.url === undefined) {
      await openSettings(`${SECTION}.url`);
      return;
    }
    if (known.token === undefined && !(await this.setCredentials())) {
      return;
    }
    const asked = await this.server.request(teamMessage, await this.known());
    const question = t('Join the team at {0}?', asked.host);
    if (!asked.asks || (await agreesTo(question, asked.consent, t('Join')))) {
      const joined = await this.server.request(teamMessage, { ...(await this.known()), agree: true });
      note(joined);
      await this.memory.update(DECLINED_KEY, undefined);
      this.show(joined);
    }
  }

  /** *Leave Team*: nothing is sent any more; the token and the secret are deleted. */
  async leave(): Promise<void> {
    const { url } = await this.known();
    const wasJoined = isJoined(await this.server.request(teamMessage, {}));
    if (url !== undefined) {
      await this.secrets.delete(key(url, 'token'));
      await this.secrets.delete(key(url, 'secret'));
      await this.memory.update(DECLINED_KEY, url);
    }
    await this.forget();
    void vscode.window.showInformationMessage(
      wasJoined ? t('You have left the team. Nothing is sent any more.') : t('You have joined no team.'),
    );
  }

  /** *Set Team Token*: ask for the token and the secret, which only the editor keeps. Whether both were given. */
  async setCredentials(): Promise<boolean> {
    const { url } = await this.known();
    if (url === undefined) {
      await openSettings(`${SECTION}.url`);
      return false;
    }
    const token = await ask(
      t('The token for {0}', hostOf(url)),
      t('Leave it empty if the server wants none'),
    );
    if (token === undefined) {
      return false;
    }
    const secret = await ask(
      t('The secret of the team'),
      t('The same for everybody; without it, known code can be looked for in the data of the server'),
    );
    if (secret === undefined) {
      return false;
    }
    await this.keep(key(url, 'token'), token);
    await this.keep(key(url, 'secret'), secret);
    await this.server.request(teamMessage, await this.known());
    return true;
  }

  private async keep(name: string, value: string): Promise<void> {
    await (value === '' ? this.secrets.delete(name) : this.secrets.store(name, value));
  }

  private async forget(): Promise<void> {
    await this.memory.update(TOLD_KEY, undefined);
    note(await this.server.request(teamMessage, { leave: true }));
  }

  /** What the settings and the editor's store of secrets know. */
  private async known(): Promise<Known> {
    const settings = vscode.workspace.getConfiguration(SECTION);
    const text = (name: string): string | undefined => {
      const value = settings.get<string>(name, '').trim();
      return value === '' ? undefined : value;
    };
    const url = text('url');
    if (url === undefined) {
      return {};
    }
    return {
      url,
      tenant: text('tenant'),
      database: text('database'),
      access: settings.get<TeamParams['access']>('access'),
      header: text('header'),
      caFile: text('certificates'),
      token: await this.secrets.get(key(url, 'token')),
      secret: await this.secrets.get(key(url, 'secret')),
    };
  }

  /** Say that the settings name a server to which the user has not agreed. */
  private async offer({ host }: TeamResult, url: string): Promise<void> {
    if (this.asking) {
      return;
    }
    this.asking = true;
    try {
      const join = t('Join…');
      const never = t("Don't Ask Again");
      const said = t(
        'Your settings name {0} as the server of your team. Nothing is sent until you join.',
        host,
      );
      const chosen = await vscode.window.showInformationMessage(said, join, never);
      if (chosen === join) {
        await this.join();
      } else if (chosen === never) {
        await this.memory.update(DECLINED_KEY, url);
      }
    } finally {
      this.asking = false;
    }
  }

  private show({ host, message }: TeamResult): void {
    if (message) {
      void vscode.window.showWarningMessage(message);
    } else {
      void vscode.window.showInformationMessage(t('You have joined the team at {0}.', host));
    }
  }
}

/** Whether the user has agreed to what goes to a team's server. */
function isJoined({ url, asks }: TeamResult): boolean {
  return url !== '' && !asks;
}

/** *Leave Team* is offered to those who have joined one. */
function note(result: TeamResult): void {
  void vscode.commands.executeCommand('setContext', JOINED, isJoined(result));
}

function ask(prompt: string, placeHolder: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({ prompt, placeHolder, password: true, ignoreFocusOut: true });
}

/** A secret belongs to a server, so that no other one ever gets it. */
function key(url: string, credential: Credential): string {
  return `semlens.team.${credential} ${hostOf(url)}`;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
