/** What is said of several folders: each sentence once, with the folders that it is about. Pure. */

import { t } from '../text/words';

export interface Said {
  folder: string;
  /** Nothing is said of a folder without one. */
  sentence: string | null | undefined;
}

/** The sentences, each once; with the names of its folders unless it is about all of them. */
export function together(said: readonly Said[]): string[] {
  const folders = new Map<string, string[]>();
  for (const { folder, sentence } of said) {
    if (sentence) {
      folders.set(sentence, [...(folders.get(sentence) ?? []), folder]);
    }
  }
  return [...folders].map(([sentence, names]) =>
    names.length === said.length ? sentence : t('{0}: {1}', names.join(', '), sentence),
  );
}
