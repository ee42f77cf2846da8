/** The newest status of each folder, out of the server's notifications and its answers. */

import type { FolderStatus } from '../protocol';

/** A moment at which the server was asked. */
type Asked = number;

interface Known {
  readonly status: FolderStatus;
  /** How many notifications there were with this one; 0 for an answer's. */
  readonly notified: number;
}

/**
 * An answer takes a while to write, and a folder may change meanwhile. Each change is a notification, so that one
 * that came since the question is at least as new as the answer.
 */
export class FolderStatuses {
  private known = new Map<string, Known>();
  private notifications = 0;

  get folders(): FolderStatus[] {
    return [...this.known.values()].map(({ status }) => status);
  }

  notify(status: FolderStatus): void {
    this.notifications += 1;
    this.known.set(status.uri, { status, notified: this.notifications });
  }

  /** Call before the server is asked, and give the result to `answer`. */
  ask(): Asked {
    return this.notifications;
  }

  /** All folders that the server has. */
  answer(asked: Asked, folders: readonly FolderStatus[]): void {
    const newer = [...this.known].filter(([, { notified }]) => notified > asked);
    this.known = new Map([
      ...folders.map((status): [string, Known] => [status.uri, { status, notified: 0 }]),
      ...newer,
    ]);
  }
}
